import { listStores, setStore, Store } from '../../domain/stores/index.ts';
import { command } from './command.ts';
import { explainOptions } from './explain.ts';

export const storeList = command({
  name: 'store:list',
  summary: 'List the stores with their locales, currencies and countries',
  async run(app, _call, { out }) {
    for (const { name, timeZone, locales, currencies, countries } of await listStores(app)) {
      out(
        `${name}  ${timeZone}\n    locales ${locales.join(', ')}\n    currencies ${currencies.join(', ')}\n    countries ${countries.join(', ')}`,
      );
    }
    return 0;
  },
});

const words = (text: string | undefined) => text?.split(',').map((word) => word.trim());

export const storeSet = command({
  name: 'store:set',
  summary: 'Create a store, or change what is given of one',
  usage: 'NAME',
  options: {
    locales: { type: 'string', value: 'LIST', help: 'locales, the default first: de_DE,en_US' },
    currencies: { type: 'string', value: 'LIST', help: 'ISO 4217 codes, the default first: EUR,CHF' },
    countries: { type: 'string', value: 'LIST', help: 'ISO 3166 codes customers may live in: DE,AT' },
    'time-zone': { type: 'string', value: 'ZONE', help: 'Europe/Berlin' },
  },
  async run(app, { options, words: [name = ''] }, { out }) {
    const known = (await listStores(app)).find((store) => store.name === name);
    const parsed = Store.safeParse({
      name,
      locales: words(options.locales) ?? known?.locales,
      currencies: words(options.currencies) ?? known?.currencies,
      countries: words(options.countries) ?? known?.countries,
      timeZone: options['time-zone'] ?? known?.timeZone,
    });
    if (!parsed.success) {
      out(explainOptions(parsed.error, { name: 'NAME' }));
      return 2;
    }
    await setStore(app, parsed.data);
    out(`${name} is ${known ? 'changed' : 'created'}.`);
    return 0;
  },
});
