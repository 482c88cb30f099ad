import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { exportJWK, importJWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../../test/builders.ts';
import { lockAccount } from '../../../domain/customers/index.ts';
import { issueAccessToken, rotateKeys, type Subject } from '../../../domain/tokens/index.ts';

const world = useApp();

const exchange = (refreshToken: unknown) => api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
const revoke = (token: string | undefined, which: string) => api(world, 'DELETE', `/refresh-tokens/${which}`, token ? { token } : {});
const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));
const works = async (accessToken: string) => (await api(world, 'GET', '/customers', { token: accessToken })).status === 200;

async function visitor() {
  const customer = await activeCustomer(world);
  return { ...customer, ...(await logIn(world, customer.email)) };
}

describe('POST /refresh-tokens', () => {
  test('a refresh token gets a new pair and is spent; the old access token goes on', async () => {
    const { accessToken, refreshToken, reference } = await visitor();

    const answer = await exchange(refreshToken);

    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      data: {
        type: 'refresh-tokens',
        id: null,
        attributes: { tokenType: 'Bearer', expiresIn: 28_800, accessToken: expect.any(String), refreshToken: expect.any(String) },
        links: { self: 'http://shop.test/refresh-tokens' },
      },
    });
    const next = answer.json.data.attributes;
    expect(next.refreshToken).not.toBe(refreshToken);
    expect(JSON.parse(JSON.parse(Buffer.from(next.accessToken.split('.')[1], 'base64url').toString()).sub)).toMatchObject({ customer_reference: reference });
    expect([await works(accessToken), await works(next.accessToken)]).toEqual([true, true]);
    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
  });

  test('what is no living refresh token is 401/004', async () => {
    const { accessToken } = await visitor();

    for (const token of [accessToken, 'nonsense', 'ü', ' ', 'x'.repeat(100_000)]) {
      const answer = await exchange(token);
      expect(answer.status).toBe(401);
      expect(answer.text).toBe('{"errors":[{"detail":"Failed to refresh token.","status":401,"code":"004"}]}');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
    }
  });

  test('a refresh token lives for a month', async () => {
    const timely = await visitor();
    pass(2_628_000 - 10);
    expect(await exchange(timely.refreshToken)).toMatchObject({ status: 201 });

    const late = await visitor();
    pass(2_628_000);
    expect(errorsOf(await exchange(late.refreshToken))).toEqual(['401/004']);
  });

  test.for<[attributes: object, detail: string]>([
    [{}, 'refreshToken => This field is missing.'],
    [{ refreshToken: '' }, 'refreshToken => This value should not be blank.'],
    [{ refreshToken: null }, 'refreshToken => This value should not be blank.'],
  ])('%j is refused with 422/901', async ([attributes, detail]) => {
    const answer = await api(world, 'POST', '/refresh-tokens', { attributes });

    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual([{ detail, status: 422, code: '901' }]);
  });

  test('members a client sends besides are ignored', async () => {
    const { refreshToken } = await visitor();

    const answer = await api(world, 'POST', '/refresh-tokens', {
      body: { data: { type: 'refresh-tokens', id: 'x', include: 'y', attributes: { refreshToken, refresh_token: 'other', grantType: 'x' } } },
    });

    expect(answer.status).toBe(201);
  });

  test('GET answers an empty collection', async () => {
    expect(await api(world, 'GET', '/refresh-tokens')).toMatchObject({ status: 200, text: '{"data":[],"links":{"self":"http://shop.test/refresh-tokens"}}' });
  });

  test('of ten exchanges of one token at once one gets a pair', async () => {
    const { refreshToken } = await visitor();

    const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(refreshToken)));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  test('a locked customer refreshes nothing', async () => {
    const { id, refreshToken, accessToken } = await visitor();
    await lockAccount(world.app, id);

    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    expect(await works(accessToken)).toBe(false);
  });
});

describe('a used refresh token that comes again', () => {
  test('within half a minute is a race: refused, and its successor lives', async () => {
    const { refreshToken } = await visitor();
    const next = (await exchange(refreshToken)).json.data.attributes;
    pass(29);

    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    expect(await exchange(next.refreshToken)).toMatchObject({ status: 201 });
  });

  test('later is a theft: all that descend from its log-in die, other log-ins live', async () => {
    const { refreshToken, email } = await visitor();
    const elsewhere = await logIn(world, email);
    const second = (await exchange(refreshToken)).json.data.attributes;
    const third = (await exchange(second.refreshToken)).json.data.attributes;
    pass(31);

    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    expect(errorsOf(await exchange(third.refreshToken))).toEqual(['401/004']);
    expect(await exchange(elsewhere.refreshToken)).toMatchObject({ status: 201 });
    expect(await works(third.accessToken)).toBe(true);
  });

  test('is found out at /token too', async () => {
    const { refreshToken } = await visitor();
    const next = (await exchange(refreshToken)).json.data.attributes;
    pass(31);

    await token({ grant_type: 'refresh_token', refresh_token: refreshToken });

    expect(errorsOf(await exchange(next.refreshToken))).toEqual(['401/004']);
  });
});

describe('DELETE /refresh-tokens', () => {
  test('the own token is revoked, the access token goes on', async () => {
    const { accessToken, refreshToken } = await visitor();

    const answer = await revoke(accessToken, refreshToken);

    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    expect(await works(accessToken)).toBe(true);
  });

  test('a foreign, an unknown or a malformed token is 204 and changes nothing', async () => {
    const { accessToken } = await visitor();
    const other = await visitor();

    for (const which of [other.refreshToken, 'nonsense', '%00', '%', '%ED%A0%80', 'x'.repeat(4000)]) expect(await revoke(accessToken, which)).toMatchObject({ status: 204, text: '' });

    expect(await exchange(other.refreshToken)).toMatchObject({ status: 201 });
  });

  test('mine revokes every token of the customer and nobody else\u2019s', async () => {
    const { accessToken, refreshToken, email } = await visitor();
    const second = await logIn(world, email);
    const other = await visitor();

    expect(await revoke(accessToken, 'mine')).toMatchObject({ status: 204, text: '' });

    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    expect(errorsOf(await exchange(second.refreshToken))).toEqual(['401/004']);
    expect(await exchange(other.refreshToken)).toMatchObject({ status: 201 });
    await expect(logIn(world, email)).resolves.toBeDefined();
  });

  test('no id is 400, no token 403/002, a bad one 401/001', async () => {
    for (const path of ['/refresh-tokens', '/refresh-tokens/']) {
      const answer = await api(world, 'DELETE', path);
      expect(answer.status).toBe(400);
      expect(answer.text).toBe('{"errors":[{"detail":"Resource id is not specified.","status":400}]}');
    }
    expect(errorsOf(await revoke(undefined, 'mine'))).toEqual(['403/002']);
    expect(errorsOf(await revoke('nonsense', 'mine'))).toEqual(['401/001']);
  });
});

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const token = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  api(world, 'POST', '/token', { body: new URLSearchParams(fields).toString(), headers: { ...form, ...headers } });

describe('POST /token', () => {
  const unknownGrant =
    '{"error":"invalid_grant","error_description":"The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."}';
  const wrong = '{"error":"invalid_grant","error_description":"The user credentials were incorrect."}';
  const incomplete =
    '{"error":"invalid_request","error_description":"The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed."}';
  const badToken = '{"error":"invalid_request","error_description":"The refresh token is invalid."}';

  test('a password gets tokens that work everywhere', async () => {
    const { email } = await activeCustomer(world);

    const answer = await token({ grant_type: 'password', username: email, password: PASSWORD, client_id: '', client_secret: '', scope: '' });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.json).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 28_800, refresh_token: expect.any(String) });
    expect(await works(answer.json.access_token)).toBe(true);
    expect(await exchange(answer.json.refresh_token)).toMatchObject({ status: 201 });
  });

  test('a refresh token is rotated, wherever it is from', async () => {
    const { refreshToken } = await visitor();

    const answer = await token({ grant_type: 'refresh_token', refresh_token: refreshToken });

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 28_800, refresh_token: expect.any(String) });
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
    const { email, refreshToken, accessToken } = await visitor();
    const other = await visitor();
    await revoke(accessToken, refreshToken);

    const refusals: [Record<string, string>, string][] = [
      [{ grant_type: 'password', username: email, password: 'wrong' }, wrong],
      [{ grant_type: 'refresh_token', refresh_token: refreshToken }, badToken],
      [{ grant_type: 'refresh_token', refresh_token: accessToken }, badToken],
    ];
    for (const [fields, text] of refusals) expect(await token(fields)).toMatchObject({ status: 400, text });
    pass(2_628_000);
    expect(await token({ grant_type: 'refresh_token', refresh_token: other.refreshToken })).toMatchObject({ status: 400, text: badToken });
  });

  test('a bad Authorization is refused in plain text, a good or an empty one is no matter', async () => {
    const { email, accessToken } = await visitor();
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

  test('GET is not there', async () => {
    expect(await api(world, 'GET', '/token')).toMatchObject({ status: 404, text: '{"errors":[{"status":404,"detail":"Not Found"}]}' });
  });
});

describe('an access token', () => {
  let subject: Subject;
  let genuine: string;
  let claims: Record<string, unknown>;
  let kid: string;
  let jwk: JsonWebKey;

  beforeAll(async () => {
    const { reference, number, accessToken } = await visitor();
    subject = { customer_reference: reference, id_customer: number, id_company_user: null, id_agent: null, permissions: null };
    genuine = accessToken;
    const [header = '', payload = ''] = accessToken.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    ({ kid } = JSON.parse(header));
    claims = JSON.parse(payload);
    const [row] = await world.sql('select public_jwk from signing_key where id = $1', [kid]);
    jwk = row?.['public_jwk'] as JsonWebKey;
  });

  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = (header: object, payload: object = claims) => new SignJWT({ ...payload }).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header }).sign(stranger.privateKey);
  const hmac = (secret: string | Buffer) => {
    const unsigned = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${encode(claims)}`;
    return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
  };
  const pem = () => createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const parts = () => genuine.split('.') as [string, string, string];

  test('that is genuine is accepted', async () => {
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
    ['another key that it brings along', async () => signed({ kid, jwk: await exportJWK(stranger.publicKey), jku: 'http://127.0.0.1:1/jwks' })],
    ['a hostile kid', () => signed({ kid: "../../dev/null' or 1=1 --\u0000" })],
    ['a changed payload', () => `${parts()[0]}.${encode({ ...claims, exp: 4_000_000_000 })}.${parts()[2]}`],
    ['the signature of another token', async () => `${parts()[0]}.${parts()[1]}.${(await issueAccessToken(world.app, subject, ['customer'], 'frontend')).split('.')[2]}`],
    ['a foreign audience', () => issueAccessToken(world.app, subject, ['customer'], 'another-client')],
    ['a foreign issuer', () => issueAccessToken({ ...world.app, config: { ...world.app.config, PUBLIC_URL: 'http://elsewhere.test' } }, subject, ['customer'], 'frontend')],
    ['a customer there is none of', () => issueAccessToken(world.app, { ...subject, customer_reference: 'DE--0' }, ['customer'], 'frontend')],
    ['a subject that is none', () => issueAccessToken(world.app, 'nobody' as unknown as Subject, ['customer'], 'frontend')],
    ['a refresh token', async () => (await visitor()).refreshToken],
  ])('with %s is 401/001 on protected and public routes', async ([, forge]) => {
    const forged = await forge();

    for (const answer of [await api(world, 'GET', '/customers', { token: forged }), await api(world, 'GET', '/access-tokens', { token: forged })]) {
      expect(answer.status).toBe(401);
      expect(answer.text).toBe('{"errors":[{"detail":"Invalid access token.","status":401,"code":"001"}]}');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Access to shop API"');
    }
  });

  test.for(['Bearer', 'Bearer ', 'nonsense', 'Bearer a b', 'Bearer\t', ','])('sent as Authorization: %j is 401/001', async (Authorization) => {
    expect(errorsOf(await api(world, 'GET', '/customers', { headers: { Authorization } }))).toEqual(['401/001']);
  });

  test('that is empty counts as none', async () => {
    expect(errorsOf(await api(world, 'GET', '/customers', { headers: { Authorization: '' } }))).toEqual(['403/002']);
    expect(await api(world, 'GET', '/access-tokens', { headers: { Authorization: '' } })).toMatchObject({ status: 200 });
  });

  test('is void after eight hours and the thirty seconds two clocks may differ, remembered or not', async () => {
    const fresh = await visitor();
    const unused = await visitor();
    pass(28_800 - 10);
    expect(await works(fresh.accessToken)).toBe(true);
    pass(45);

    expect(errorsOf(await api(world, 'GET', '/customers', { token: fresh.accessToken }))).toEqual(['401/001']);
    expect(errorsOf(await api(world, 'GET', '/customers', { token: unused.accessToken }))).toEqual(['401/001']);
  });

  test('of an older key is valid after a rotation, and is really signed by the published key', async () => {
    const { accessToken } = await visitor();
    const newer = await rotateKeys(world.app);
    const next = await visitor();

    expect(JSON.parse(Buffer.from(next.accessToken.split('.')[0] ?? '', 'base64url').toString())).toEqual({ typ: 'JWT', alg: 'RS256', kid: newer });
    expect([await works(accessToken), await works(next.accessToken)]).toEqual([true, true]);
    await expect(importJWK({ ...jwk }, 'RS256')).resolves.toMatchObject({ type: 'public' });
    expect(Object.keys(jwk).toSorted()).toEqual(['e', 'kty', 'n']);
  });
});
