import { createHash } from 'node:crypto';
import { hashSync as argon2 } from '@node-rs/argon2';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { expect, test } from 'vitest';
import { api, errorsOf } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, registration } from '../../../test/builders.ts';
import { agentToken, agent } from '../../../test/staff.ts';
import { requestReset } from '../credentials/index.ts';

const world = useApp({ PASSWORD_POLICY: 'nist' });

/** `é` as one code point, as most keyboards send it, and as two, as some do. */
const COMPOSED = 'Élégant café à Zürich, 7 fois'.normalize('NFC');
const DECOMPOSED = COMPOSED.normalize('NFD');
const keyboards = [COMPOSED, DECOMPOSED];

const onApi = async (username: string, password: string) =>
  (await api(world, 'POST', '/access-tokens', { attributes: { username, password } })).status === 201;

const onToken = async (username: string, password: string) => {
  const { status } = await api(world, 'POST', '/token', {
    body: new URLSearchParams({ grant_type: 'password', username, password }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  return status === 200;
};

const onPage = async (email: string, password: string) =>
  (await browser(world).submit('/login', 'loginForm', { email, password })).status === 302;

const channels = [
  ['the API', onApi],
  ['/token', onToken],
  ['the page', onPage],
] as const;

const ways = channels.flatMap(([name, signIn]) =>
  keyboards.map((given, at) => [`set on keyboard ${at + 1}, typed on ${name}`, given, signIn] as const),
);

test.for(ways)('a password %s opens from every keyboard', async ([, given, signIn]) => {
  const { email } = await activeCustomer(world, { password: given });

  for (const typed of keyboards) expect(await signIn(email, typed)).toBe(true);
  expect(await signIn(email, COMPOSED.replace('é', 'e'))).toBe(false);
});

test.for(keyboards)(
  'a password registered over the API and then reset opens from every keyboard: %#',
  async (given) => {
    const attributes = registration({ password: given });
    expect((await api(world, 'POST', '/customers', { attributes })).status).toBe(201);
    const { email } = attributes;
    await requestReset(world.app, email);
    const restorePasswordKey = await linkToken(world, email);
    const next = `${given}!`;
    const reset = await api(world, 'PATCH', '/customer-restore-password/mine', {
      attributes: { restorePasswordKey, password: next, confirmPassword: next },
    });
    expect(reset.status).toBe(204);

    for (const typed of keyboards) expect(await onApi(email, `${typed}!`)).toBe(true);
  },
);

test.for(keyboards)('staff sign in from every keyboard: %#', async (given) => {
  const { email } = await agent(world, { password: given });

  for (const typed of keyboards) await expect(agentToken(world, email, typed)).resolves.toBeDefined();
});

async function movedIn(hash: string) {
  const { id, email } = await activeCustomer(world);
  await world.sql('update customer set password_hash = $2 where id = $1', [id, hash]);
  return { email };
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

test.for([
  ['bcrypt', (text: string) => bcrypt(text, 4)],
  ['MD5', md5],
  ['argon2id of our parameters', (text: string) => argon2(text, { memoryCost: 64, timeCost: 1, parallelism: 1 })],
] as const)('an imported %s opens as it was typed then, and from every keyboard afterwards', async ([, hash]) => {
  for (const typed of keyboards) {
    const { email } = await movedIn(hash(typed));

    expect(await onApi(email, typed)).toBe(true);
    for (const again of keyboards) expect(await onApi(email, again)).toBe(true);
  }
});

test('an imported hash of composed letters opens from a keyboard that sends them decomposed', async () => {
  const { email } = await movedIn(bcrypt(COMPOSED, 4));

  expect(await onApi(email, DECOMPOSED)).toBe(true);
});

test('lengths count what is stored: fourteen decomposed letters are too short, and 128 are not too long', async () => {
  const letters = [...'éàüñôçåëîõúâêí'].join('');
  const short = letters.normalize('NFD');
  const long = `${letters}ý`.repeat(9).slice(0, 128).normalize('NFD');
  expect([[...short].length, [...long].length]).toEqual([28, 256]);
  const register = (password: string) => api(world, 'POST', '/customers', { attributes: registration({ password }) });

  expect(errorsOf(await register(short))[0]).toBe('422/901');
  expect((await register(long)).status).toBe(201);
});

test.for([
  ['a blank before', ` ${COMPOSED}`],
  ['a blank behind', `${COMPOSED} `],
  ['two blanks for one', COMPOSED.replace(' ', '  ')],
  ['a no-break space', COMPOSED.replace(' ', '\u00a0')],
  ['another case', COMPOSED.toLowerCase()],
  ['a letter of another width', COMPOSED.replace('f', '\uff46')],
] as const)('%s makes another password', async ([, typed]) => {
  const { email } = await activeCustomer(world, { password: COMPOSED });

  expect(await onApi(email, typed)).toBe(false);
});
