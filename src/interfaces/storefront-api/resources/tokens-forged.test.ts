import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { api, errorsOf, loggedIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { issueAccessToken, rotateKeys, type Subject } from '../../../domain/tokens/index.ts';

const world = useApp();

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));
const works = async (accessToken: string) =>
  (await api(world, 'GET', '/customers', { token: accessToken })).status === 200;

const visitor = () => loggedIn(world);

let subject: Subject;
let genuine: string;
let claims: Record<string, unknown>;
let kid: string;
let jwk: JsonWebKey;

beforeAll(async () => {
  const { reference, number, token: accessToken } = await visitor();
  subject = {
    customer_reference: reference,
    id_customer: number,
    id_company_user: null,
    id_agent: null,
    permissions: null,
  };
  genuine = accessToken;
  const [header = '', payload = ''] = accessToken.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  ({ kid } = JSON.parse(header));
  claims = JSON.parse(payload);
  const [row] = await world.sql('select public_jwk from signing_key where id = $1', [kid]);
  jwk = row?.['public_jwk'] as JsonWebKey;
});

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signed = (header: object, payload: object = claims) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header }).sign(stranger.privateKey);
const hmac = (secret: string | Buffer) => {
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${encode(claims)}`;
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
};
const pem = () => createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
const parts = () => genuine.split('.') as [string, string, string];

test('a genuine access token is accepted', async () => {
  expect(await works(genuine)).toBe(true);
  expect(await works(await issueAccessToken(world.app, subject, ['customer'], 'frontend'))).toBe(true);
});

test.for<[name: string, forge: () => Promise<string> | string]>([
  ['nonsense', () => 'nonsense'],
  ['two parts', () => parts().slice(0, 2).join('.')],
  ['four parts', () => `${genuine}.x`],
  ['empty parts', () => '..'],
  ['no signature', () => `${parts()[0]}.${parts()[1]}.`],
  ['alg none', () => `${encode({ alg: 'none', typ: 'JWT' })}.${parts()[1]}.`],
  ['alg None with the kid', () => `${encode({ alg: 'None', typ: 'JWT', kid })}.${parts()[1]}.`],
  ['alg none with the old signature', () => `${encode({ alg: 'none', typ: 'JWT', kid })}.${parts()[1]}.${parts()[2]}`],
  ['HS256 with the public key as PEM', () => hmac(pem())],
  ['HS256 with the public key as JWK', () => hmac(JSON.stringify(jwk))],
  ['HS256 with the modulus', () => hmac(Buffer.from(jwk.n ?? '', 'base64url'))],
  ['another key under our kid', () => signed({ kid })],
  ['another key under an unknown kid', () => signed({ kid: 'unknown' })],
  ['another key and no kid', () => signed({})],
  [
    'another key that it brings along',
    async () => signed({ kid, jwk: await exportJWK(stranger.publicKey), jku: 'http://127.0.0.1:1/jwks' }),
  ],
  ['a hostile kid', () => signed({ kid: "../../dev/null' or 1=1 --\u0000" })],
  ['a changed payload', () => `${parts()[0]}.${encode({ ...claims, exp: 4_000_000_000 })}.${parts()[2]}`],
  [
    'the signature of another token',
    async () =>
      `${parts()[0]}.${parts()[1]}.${(await issueAccessToken(world.app, subject, ['customer'], 'frontend')).split('.')[2]}`,
  ],
  ['a foreign audience', () => issueAccessToken(world.app, subject, ['customer'], 'another-client')],
  [
    'a foreign issuer',
    () =>
      issueAccessToken(
        { ...world.app, config: { ...world.app.config, PUBLIC_URL: 'http://elsewhere.test' } },
        subject,
        ['customer'],
        'frontend',
      ),
  ],
  [
    'a customer there is none of',
    () => issueAccessToken(world.app, { ...subject, customer_reference: 'DE--0' }, ['customer'], 'frontend'),
  ],
  [
    'a subject that is none',
    () => issueAccessToken(world.app, 'nobody' as unknown as Subject, ['customer'], 'frontend'),
  ],
  ['a refresh token', async () => (await visitor()).refreshToken],
])('%s is 401/001 on protected and public routes', async ([, forge]) => {
  const forged = await forge();

  for (const answer of [
    await api(world, 'GET', '/customers', { token: forged }),
    await api(world, 'GET', '/access-tokens', { token: forged }),
  ]) {
    expect(answer.status).toBe(401);
    expect(answer.text).toBe('{"errors":[{"detail":"Invalid access token.","status":401,"code":"001"}]}');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
  }
});

/** The same signature in another spelling: the bits that base64url leaves over of 256 bytes are not zero. */
function spareBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + (alphabet[alphabet.indexOf(token.at(-1) ?? '') + 1] ?? '');
}

test.for<[name: string, spell: (token: string) => string]>([
  ['padding', (token) => `${token}==`],
  ['padding of one', (token) => `${token}=`],
  ['padding within', (token) => token.replace('.', '=.')],
  ['spare bits', spareBits],
  [
    'standard base64',
    (token) => `${parts()[0]}.${parts()[1]}.${Buffer.from(token.split('.')[2] ?? '', 'base64url').toString('base64')}`,
  ],
  ['a dot behind it', (token) => `${token}.`],
  ['a stray character', (token) => `${token}!`],
  ['a letter that is none', (token) => `${token}\u00e9`],
])('a genuine token has one spelling: not with %s', async ([, spell]) => {
  const token = spell(genuine);
  expect(token).not.toBe(genuine);
  // Remembered or not: the other spelling is not found among the tokens that were verified.
  expect(await works(genuine)).toBe(true);

  expect(errorsOf(await api(world, 'GET', '/customers', { token }))).toEqual(['401/001']);
  expect(errorsOf(await api(world, 'GET', '/access-tokens', { token }))).toEqual(['401/001']);
  const decoupled = await fetch(`${world.url}/glue-storefront/multi-factor-auth-types`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(decoupled.status).toBe(401);
});

test.for(['Bearer', 'Bearer ', 'nonsense', 'Bearer a b', 'Bearer\t', ','])(
  'sent as Authorization: %j is 401/001',
  async (Authorization) => {
    expect(errorsOf(await api(world, 'GET', '/customers', { headers: { Authorization } }))).toEqual(['401/001']);
  },
);

test('an empty Authorization counts as none', async () => {
  expect(errorsOf(await api(world, 'GET', '/customers', { headers: { Authorization: '' } }))).toEqual(['403/002']);
  expect(await api(world, 'GET', '/access-tokens', { headers: { Authorization: '' } })).toMatchObject({
    status: 200,
  });
});

test('an access token is void after eight hours and the thirty seconds two clocks may differ, remembered or not', async () => {
  const fresh = await visitor();
  const unused = await visitor();
  pass(28_800 - 10);
  expect(await works(fresh.token)).toBe(true);
  pass(45);

  expect(errorsOf(await api(world, 'GET', '/customers', { token: fresh.token }))).toEqual(['401/001']);
  expect(errorsOf(await api(world, 'GET', '/customers', { token: unused.token }))).toEqual(['401/001']);
});

test('a token of an older key is valid after a rotation; what is stored of the key to verify is public', async () => {
  const { token } = await visitor();
  const newer = await rotateKeys(world.app);
  const next = await visitor();

  expect(JSON.parse(Buffer.from(next.token.split('.')[0] ?? '', 'base64url').toString())).toEqual({
    typ: 'JWT',
    alg: 'RS256',
    kid: newer,
  });
  expect([await works(token), await works(next.token)]).toEqual([true, true]);
  expect(Object.keys(jwk).toSorted()).toEqual(['e', 'kty', 'n']);
});
