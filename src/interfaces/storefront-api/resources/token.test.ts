import { expect, test } from 'vitest';
import { api, errorsOf, loggedIn, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../../test/builders.ts';

const world = useApp();

const token = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  api(world, 'POST', '/token', {
    body: new URLSearchParams(fields).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  });
const exchange = (refreshToken: unknown) => api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));
const works = async (accessToken: string) =>
  (await api(world, 'GET', '/customers', { token: accessToken })).status === 200;

const visitor = () => loggedIn(world);

const unknownGrant =
  '{"error":"invalid_grant","error_description":"The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."}';
const wrong = '{"error":"invalid_grant","error_description":"The user credentials were incorrect."}';
const incomplete =
  '{"error":"invalid_request","error_description":"The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed."}';
const badToken = '{"error":"invalid_request","error_description":"The refresh token is invalid."}';

test('a password gets tokens that work everywhere', async () => {
  const { email } = await activeCustomer(world);

  const answer = await token({
    grant_type: 'password',
    username: email,
    password: PASSWORD,
    client_id: '',
    client_secret: '',
    scope: '',
  });

  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.json).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 28_800,
    refresh_token: expect.any(String),
  });
  expect(await works(answer.json.access_token)).toBe(true);
  expect(await exchange(answer.json.refresh_token)).toMatchObject({ status: 201 });
});

test('a refresh token is rotated, wherever it is from', async () => {
  const { refreshToken } = await visitor();

  const answer = await token({ grant_type: 'refresh_token', refresh_token: refreshToken });

  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 28_800,
    refresh_token: expect.any(String),
  });
  expect(await works(answer.json.access_token)).toBe(true);
  const again = await token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  expect([again.status, again.text]).toEqual([400, badToken]);
});

test.for<[fields: Record<string, string>, text: string]>([
  [{}, unknownGrant],
  [{ grant_type: '' }, unknownGrant],
  [{ grant_type: 'client_credentials' }, unknownGrant],
  [{ username: 'ida@example.org', password: PASSWORD }, unknownGrant],
  [{ grant_type: 'unknown', refresh_token: 'x' }, unknownGrant],
  [{ refresh_token: 'x' }, unknownGrant],
  [{ grant_type: 'password', username: 'nobody@example.org', password: PASSWORD }, wrong],
  [{ grant_type: 'password', username: 'no address', password: 'x' }, wrong],
  [{ grant_type: 'password', password: PASSWORD }, incomplete],
  [{ grant_type: 'password', username: 'ida@example.org' }, incomplete],
  [{ grant_type: 'refresh_token' }, incomplete],
  [{ grant_type: 'refresh_token', refresh_token: 'nonsense' }, badToken],
])('%j is refused', async ([fields, text]) => {
  const answer = await token(fields);

  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.text).toBe(text);
});

test('a wrong password, a revoked, an expired and an access token are refused', async () => {
  const { email, refreshToken, token: accessToken } = await visitor();
  const other = await visitor();
  await api(world, 'DELETE', `/refresh-tokens/${refreshToken}`, { token: accessToken });

  const refusals: [Record<string, string>, string][] = [
    [{ grant_type: 'password', username: email, password: 'wrong' }, wrong],
    [{ grant_type: 'refresh_token', refresh_token: refreshToken }, badToken],
    [{ grant_type: 'refresh_token', refresh_token: accessToken }, badToken],
  ];
  for (const [fields, text] of refusals) expect(await token(fields)).toMatchObject({ status: 400, text });
  pass(2_628_000);
  expect(await token({ grant_type: 'refresh_token', refresh_token: other.refreshToken })).toMatchObject({
    status: 400,
    text: badToken,
  });
});

test('a bad Authorization is refused in plain text, a good or an empty one is no matter', async () => {
  const { email, token: accessToken } = await visitor();
  const request = { grant_type: 'password', username: email, password: PASSWORD };

  for (const Authorization of ['Bearer nonsense', 'nonsense']) {
    const answer = await token(request, { Authorization });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.text).toBe('Invalid access token.');
  }
  expect(await token(request, { Authorization: `Bearer ${accessToken}` })).toMatchObject({ status: 200 });
  expect(await token(request, { Authorization: '' })).toMatchObject({ status: 200 });
});

test('guessing here is bounded too, reads like a wrong password and blocks nobody at the other door', async () => {
  const { email } = await activeCustomer(world);
  const guess = (password: string) => token({ grant_type: 'password', username: email, password });
  for (let attempt = 1; attempt <= 9; attempt++) await guess(`wrong ${attempt}`);

  expect(await guess(PASSWORD)).toMatchObject({ status: 400, text: wrong });
  await expect(logIn(world, email)).resolves.toBeDefined();
  pass(361);
  expect(await guess(PASSWORD)).toMatchObject({ status: 200 });
});

test('a used refresh token that comes again here ends its family too', async () => {
  const { refreshToken } = await visitor();
  const next = (await exchange(refreshToken)).json.data.attributes;
  pass(31);

  await token({ grant_type: 'refresh_token', refresh_token: refreshToken });

  expect(errorsOf(await exchange(next.refreshToken))).toEqual(['401/004']);
});

test('GET is not there', async () => {
  expect(await api(world, 'GET', '/token')).toMatchObject({
    status: 404,
    text: '{"errors":[{"status":404,"detail":"Not Found"}]}',
  });
});

test('a log-in may still send the token that a change of the password ended', async () => {
  const { email, reference, token: ended } = await visitor();
  await api(world, 'PATCH', `/customer-password/${reference}`, {
    token: ended,
    attributes: {
      password: PASSWORD,
      newPassword: 'Another-Horse-8-Battery',
      confirmPassword: 'Another-Horse-8-Battery',
    },
  });
  const fields = { grant_type: 'password', username: email, password: 'Another-Horse-8-Battery' };

  expect((await token(fields, { Authorization: `Bearer ${ended}` })).status).toBe(200);
  expect((await token(fields, { Authorization: 'Bearer nonsense' })).status).toBe(401);
});
