import { expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../../test/builders.ts';
import { registerCustomer } from '../../../domain/customers/index.ts';

const world = useApp();
const post = (attributes: unknown, headers: Record<string, string> = {}) =>
  api(world, 'POST', '/access-tokens', { attributes, headers });

test('the right password answers 201 with a pair of tokens that has no id', async () => {
  const { email } = await activeCustomer(world);

  const answer = await post({ username: email, password: PASSWORD });

  expect(answer.status).toBe(201);
  expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
  expect(answer.json).toEqual({
    data: {
      type: 'access-tokens',
      id: null,
      attributes: {
        tokenType: 'Bearer',
        expiresIn: 28_800,
        accessToken: expect.any(String),
        refreshToken: expect.any(String),
        idCompanyUser: null,
      },
      links: { self: 'http://shop.test/access-tokens' },
    },
  });
});

test('the token is a JWT whose subject is a string of JSON', async () => {
  const { email, reference, number } = await activeCustomer(world);

  const { accessToken } = await logIn(world, email);

  const [header = '', payload = ''] = accessToken.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  expect(JSON.parse(header)).toMatchObject({ typ: 'JWT', alg: 'RS256' });
  const claims = JSON.parse(payload);
  expect(claims).toMatchObject({ aud: 'frontend', scopes: ['customer'], jti: expect.stringMatching(/^[0-9a-f]{80}$/) });
  expect(claims.exp - claims.iat).toBe(28_800);
  expect(JSON.parse(claims.sub)).toEqual({
    customer_reference: reference,
    id_customer: number,
    id_company_user: null,
    id_agent: null,
    permissions: null,
  });
});

test('unknown, wrong, unconfirmed and erased accounts read the same', async () => {
  const { email } = await activeCustomer(world);
  const unconfirmed = await registerCustomer(world.app, somebody());

  const answers = [
    await post({ username: email, password: 'wrong' }),
    await post({ username: 'nobody@example.org', password: PASSWORD }),
    await post({ username: unconfirmed.email, password: PASSWORD }),
  ];

  for (const { status, text, headers } of answers) {
    expect(status).toBe(401);
    expect(text).toBe('{"errors":[{"detail":"Failed to authenticate user.","status":401,"code":"003"}]}');
    expect(headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
  }
});

test.for([
  [{ username: '', password: 'x' }, ['username => This value should not be blank.']],
  [{ username: 'no address', password: 'x' }, ['username => This value is not a valid email address.']],
  [{ username: 'a@example.org', password: '' }, ['password => This value should not be blank.']],
  [{}, ['username => This field is missing.', 'password => This field is missing.']],
] as const)('%j answers 422 with its violations in field order', async ([attributes, details]) => {
  const answer = await post(attributes);

  expect(answer.status).toBe(422);
  expect(answer.statusText).toBe('Unprocessable Content');
  expect(answer.json.errors).toEqual(details.map((detail) => ({ detail, status: 422, code: '901' })));
});

test('GET answers an empty collection', async () => {
  const { status, text } = await api(world, 'GET', '/access-tokens');

  expect(status).toBe(200);
  expect(text).toBe('{"data":[],"links":{"self":"http://shop.test/access-tokens"}}');
});

test('the ninth failure blocks, the right password included, with a text in the language asked for', async () => {
  const { email } = await activeCustomer(world);
  for (let attempt = 1; attempt <= 9; attempt++)
    expect(errorsOf(await post({ username: email, password: 'wrong' }))).toEqual(['401/003']);

  const blocked = await post({ username: email, password: PASSWORD }, { 'Accept-Language': 'en' });
  expect(blocked.status).toBe(429);
  expect(blocked.json.errors).toEqual([
    {
      detail: 'Too many log in attempts from your address. Please wait 6 minutes before trying again.',
      status: 429,
      code: '4401',
    },
  ]);
  const german = await post({ username: email, password: '' }, { 'Accept-Language': 'de' });
  expect(german.json.errors[0].detail).toBe('Warten Sie bitte 6 Minuten, bevor Sie es erneut versuchen.');

  world.now = new Date(world.now.getTime() + 361_000);
  expect((await post({ username: email, password: PASSWORD })).status).toBe(201);
});

test('of fifty guesses at once nine are evaluated', async () => {
  const { email } = await activeCustomer(world);

  const answers = await Promise.all(Array.from({ length: 50 }, () => post({ username: email, password: 'wrong' })));

  expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(41);
});

test('fifty right passwords at once all get in', async () => {
  const { email } = await activeCustomer(world);

  const answers = await Promise.all(Array.from({ length: 50 }, () => post({ username: email, password: PASSWORD })));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 201));
});
