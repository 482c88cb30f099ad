import { listStores, storeNamed, setStore, Store } from '../../domain/stores/index.ts';
import { isSafePattern, type LinkPatterns, shopLinkNames } from '../../platform/mail/link-pattern.ts';
import { command } from './command.ts';
import { explainOptions } from './explain.ts';

export const storeList = command({
  name: 'store:list',
  summary: 'List the stores with their locales, currencies and countries',
  async run(app, _call, { out }) {
    for (const store of await listStores(app)) {
      const { name, timeZone, locales, currencies, countries, links } = store;
      out(
        `${name}  ${timeZone}\n    locales ${locales.join(', ')}\n    currencies ${currencies.join(', ')}\n    countries ${countries.join(', ')}`,
      );
      for (const [link, pattern] of Object.entries(links)) out(`    link ${link} ${pattern}`);
      for (const [label, detail] of detailsOf(store)) if (detail) out(`    ${label} ${detail}`);
    }
    return 0;
  },
});

/** Those of the store with what is given; an empty pattern takes one away. */
function linksOf(given: readonly string[], known: LinkPatterns): Record<string, string | undefined> {
  const links: Record<string, string | undefined> = { ...known };
  for (const word of given) {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    links[name] = at < 0 ? '' : word.slice(at + 1) || undefined;
  }
  return Object.fromEntries(Object.entries(links).filter(([, pattern]) => pattern !== undefined));
}

const detailsOf = ({
  shopName,
  shopAddress,
  imprintUrl,
  privacyUrl,
  termsUrl,
}: Store): [string, string | null | undefined][] => [
  ['shop name', shopName],
  ['shop address', shopAddress],
  ['imprint', imprintUrl],
  ['privacy', privacyUrl],
  ['terms', termsUrl],
];

/** An empty text takes a detail away. */
const orNone = (text: string | undefined) => (text?.trim() === '' ? null : text);

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
    link: {
      type: 'string',
      multiple: true,
      value: 'NAME=PATTERN',
      help: `where a link of emails leads, of a storefront of your own: ${shopLinkNames.join(', ')}; empty: as the settings say`,
    },
    'shop-name': { type: 'string', value: 'NAME', help: 'on pages and in emails of this store; empty: SHOP_NAME' },
    'shop-address': { type: 'string', value: 'TEXT', help: 'postal address in footers; empty: SHOP_ADDRESS' },
    'imprint-url': { type: 'string', value: 'URL', help: 'link in footers; empty: IMPRINT_URL' },
    'privacy-url': { type: 'string', value: 'URL', help: 'link in footers; empty: PRIVACY_URL' },
    'terms-url': {
      type: 'string',
      value: 'URL',
      help: 'link in footers and where terms are accepted; empty: TERMS_URL',
    },
  },
  notes: `
Patterns know {locale}, {language}, {store} and, for confirm and restore, {token}. Running servers notice within ten seconds.

  clientele store:set DE --link='confirm=https://shop.example/{language}/confirm?token={token}'
  clientele store:set DE --link=confirm=`,
  async run(app, { options, words: [name = ''] }, { out }) {
    const known = await storeNamed(app, name);
    const parsed = Store.safeParse({
      name,
      locales: words(options.locales) ?? known?.locales,
      currencies: words(options.currencies) ?? known?.currencies,
      countries: words(options.countries) ?? known?.countries,
      timeZone: options['time-zone'] ?? known?.timeZone,
      links: linksOf(options.link, known?.links ?? {}),
      shopName: orNone(options['shop-name']),
      shopAddress: orNone(options['shop-address']),
      imprintUrl: orNone(options['imprint-url']),
      privacyUrl: orNone(options['privacy-url']),
      termsUrl: orNone(options['terms-url']),
    });
    if (!parsed.success) {
      out(explainOptions(parsed.error, { name: 'NAME', links: '--link' }));
      return 2;
    }
    const open = Object.entries(parsed.data.links).find(([, pattern = '']) => !isSafePattern(pattern));
    if (open && app.config.NODE_ENV === 'production') {
      out(`--link: ${open[0]} must be https in production, whoever reads the address on the way could use the link`);
      return 2;
    }
    await setStore(app, parsed.data);
    out(`${name} is ${known ? 'changed' : 'created'}.`);
    return 0;
  },
});
