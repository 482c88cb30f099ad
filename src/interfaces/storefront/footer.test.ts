import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { useConsole } from '../../../test/console.ts';
import { requestReset } from '../../domain/credentials/index.ts';
import { anonymizeCustomer } from '../../domain/customers/index.ts';

const world = useApp({
  SHOP_NAME: 'Nordlicht',
  SHOP_ADDRESS: 'Hafen 1, 20457 Hamburg',
  IMPRINT_URL: 'https://shop.example/imprint',
  PRIVACY_URL: 'https://shop.example/privacy',
  TERMS_URL: 'https://shop.example/terms',
});
const run = useConsole(world);

const footerOf = async (path: string) =>
  /<footer>[\s\S]*<\/footer>/.exec((await browser(world).get(path)).html)?.[0] ?? '';

test('pages say whose they are and link what the law asks for, in the language of the page', async () => {
  for (const path of ['/en/login', '/en/register', '/en/nothing']) {
    const footer = await footerOf(path);
    expect(footer).toContain('Nordlicht · Hafen 1, 20457 Hamburg');
    expect(footer).toContain('<a href="https://shop.example/imprint">Imprint</a>');
    expect(footer).toContain('<a href="https://shop.example/privacy">Privacy policy</a>');
    expect(footer).toContain('<a href="https://shop.example/terms">Terms and conditions</a>');
  }
  const german = await footerOf('/de/login');
  expect(german).toContain('>Impressum</a>');
  expect(german).toContain('>Datenschutz</a>');
  expect(german).toContain('>AGB</a>');
});

test('emails do too, in the language of the customer', async () => {
  const english = await activeCustomer(world);
  const german = await activeCustomer(world, { locale: 'de_DE' });
  for (const { email } of [english, german]) await requestReset(world.app, email);

  const [mail] = await world.mails(english.email);
  expect(mail?.text).toContain('Nordlicht · Hafen 1, 20457 Hamburg');
  expect(mail?.text).toContain('Imprint https://shop.example/imprint');
  expect(mail?.html).toContain('href="https://shop.example/privacy"');
  expect((await world.mails(german.email))[0]?.text).toContain('Impressum https://shop.example/imprint');
});

test('a store that differs says so, and what it does not say comes from the settings', async () => {
  const set = (...options: string[]) => run('store:set', ['AT', ...options]);
  expect(
    (await set('--shop-name=Südlicht', '--shop-address=Ring 2, 1010 Wien', '--imprint-url=https://at.example/i'))
      .status,
  ).toBe(0);
  const customer = await activeCustomer(world, { store: 'AT', locale: 'en_US' });
  await requestReset(world.app, customer.email);

  const footer = await footerOf('/AT/en/login');
  expect(footer).toContain('Südlicht · Ring 2, 1010 Wien');
  expect(footer).toContain('href="https://at.example/i"');
  expect(footer).toContain('href="https://shop.example/privacy"');
  const [mail] = await world.mails(customer.email);
  expect(mail?.subject).toBe('Choose a new password for Südlicht');
  expect(mail?.text).toContain('Südlicht · Ring 2, 1010 Wien');
  expect((await run('store:list')).text).toContain('shop address Ring 2, 1010 Wien');

  // Changing something else leaves it; the receipt of a deleted account has it too.
  await set('--currencies=EUR');
  await anonymizeCustomer(world.app, customer.id);
  expect((await world.mails(customer.email))[0]?.text).toContain('Südlicht · Ring 2, 1010 Wien');

  await set('--shop-name=', '--shop-address=', '--imprint-url=');
  expect(await footerOf('/AT/en/login')).toContain('Nordlicht · Hafen 1');
});

test.for([
  ['--imprint-url=javascript:alert(1)', '--imprint-url: must be an address such as https://shop.example/imprint'],
  ['--privacy-url=shop.example', '--privacy-url: must be an address such as https://shop.example/imprint'],
  ['--shop-address=a\nb', '--shop-address: must be one line'],
  [`--shop-name=${'a'.repeat(301)}`, '--shop-name: must be at most 300 characters'],
])('store:set refuses %s', async ([option = '', reason]) => {
  const { status, text } = await run('store:set', ['AT', option]);

  expect([status, text]).toEqual([2, reason]);
});
