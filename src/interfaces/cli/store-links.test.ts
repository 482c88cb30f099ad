import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { PASSWORD, somebody } from '../../../test/builders.ts';
import { useConsole } from '../../../test/console.ts';
import { testConfig } from '../../../test/settings.ts';

// A shop whose storefront is its own: emails lead there, and its pages hand the tokens to the Storefront API.

const world = useApp();
const run = useConsole(world);
const NEXT = 'Another-Horse-8-Battery';

const patterns = {
  DE: [
    '--link=confirm=https://shop.example/{language}/register/confirm?token={token}',
    '--link=restore=https://shop.example/{language}/password#{token}',
    '--link=forgotten=https://shop.example/{language}/forgotten',
  ],
  US: ['--link=confirm=https://us.shop.example/{locale}/{store}/welcome/{token}'],
};

async function register(store: string, language: string): Promise<string> {
  const { email, password, ...profile } = somebody();
  const { firstName, lastName } = profile;
  const attributes = {
    email,
    password,
    confirmPassword: password,
    firstName,
    lastName,
    salutation: 'Ms',
    gender: 'Female',
  };
  const { status, text } = await api(world, 'POST', '/customers', {
    attributes: { ...attributes, acceptedTerms: true },
    headers: { Store: store, 'Accept-Language': language },
  });
  expect(status, text).toBe(201);
  return email;
}

/** The first address in the newest email to somebody. */
async function link(email: string): Promise<string> {
  const mails = await world.mails(email);
  return /https?:\/\/\S+/.exec(mails.at(0)?.text ?? '')?.[0] ?? '';
}

test('a customer confirms and resets on the pages of the shop, whose tokens the API takes', async () => {
  expect(await run('store:set', ['DE', ...patterns.DE])).toMatchObject({ status: 0 });

  const email = await register('DE', 'de');
  const confirm = await link(email);
  expect(confirm).toMatch(/^https:\/\/shop\.example\/de\/register\/confirm\?token=[\w-]{40,}$/);
  const registrationKey = new URL(confirm).searchParams.get('token');
  const confirmed = await api(world, 'POST', '/customer-confirmation', { attributes: { registrationKey } });
  expect(confirmed.status).toBe(204);
  await logIn(world, email, PASSWORD);

  await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
  const restore = await link(email);
  expect(restore).toMatch(/^https:\/\/shop\.example\/de\/password#[\w-]{40,}$/);
  const reset = await api(world, 'PATCH', '/customer-restore-password/x', {
    attributes: { restorePasswordKey: new URL(restore).hash.slice(1), password: NEXT, confirmPassword: NEXT },
  });
  expect(reset.status).toBe(204);
  await logIn(world, email, NEXT);
});

test('each store has patterns of its own, and the language is the customer’s', async () => {
  await run('store:set', ['DE', ...patterns.DE]);
  await run('store:set', ['US', ...patterns.US]);

  expect(await link(await register('DE', 'en'))).toMatch(/^https:\/\/shop\.example\/en\/register\/confirm\?token=/);
  expect(await link(await register('US', 'en'))).toMatch(
    /^https:\/\/us\.shop\.example\/en_US\/US\/welcome\/[\w-]{40,}$/,
  );
});

test('a store without a pattern follows the settings, and without them leads to our pages', async () => {
  expect(await link(await register('AT', 'de'))).toMatch(/^http:\/\/shop\.test\/register\/confirm\?token=/);

  const config = testConfig({ CONFIRM_LINK: 'https://all.example/{store}?t={token}' });
  const { shopLinkUrl } = await import('../../domain/stores/index.ts');
  const app = { ...world.app, config };
  expect(await shopLinkUrl(app, { store: 'AT', locale: 'de_DE' }, 'confirm', 'abc')).toBe(
    'https://all.example/AT?t=abc',
  );
  expect(await shopLinkUrl(app, { store: null, locale: 'de_DE' }, 'sign-in')).toMatch(/^http:\/\/shop\.test\/login\?/);
});

test('store:list shows patterns; an empty one takes a pattern away and leaves the others', async () => {
  await run('store:set', ['DE', ...patterns.DE]);
  expect((await run('store:list')).text).toContain('    link forgotten https://shop.example/{language}/forgotten');

  await run('store:set', ['DE', '--link=forgotten=']);

  const { text } = await run('store:list');
  expect(text).not.toContain('link forgotten');
  expect(text).toContain('link confirm https://shop.example/{language}/register/confirm?token={token}');
});

test.for<[option: string, sentence: RegExp]>([
  ['--link=confirm=https://shop.example/', /^--link: confirm must have \{token\} once/],
  ['--link=login=https://shop.example/', /^--link: there is no link login; there is: confirm, restore/],
  ['--link=sign-in=/login', /^--link: sign-in must be a whole address/],
  ['--link=confirm', /^--link: confirm must have \{token\} once/],
])('store:set %s is a wrong call', async ([option, sentence]) => {
  expect(await run('store:set', ['DE', option])).toMatchObject({ status: 2, text: expect.stringMatching(sentence) });
});

test('in production links with tokens are not sent in the clear', async () => {
  const config = { ...world.app.config, NODE_ENV: 'production' as const };
  const { status, text } = await run('store:set', ['DE', '--link=confirm=http://shop.example/?t={token}'], {
    app: { config },
  });

  expect({ status, text }).toEqual({ status: 2, text: expect.stringContaining('must be https in production') });
});
