import { describe, expect, test } from 'vitest';
import { api, errorsOf, loggedIn, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { lockAccount } from '../../../domain/customers/index.ts';

const world = useApp();

const exchange = (refreshToken: unknown) => api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
const revoke = (token: string | undefined, which: string) =>
  api(world, 'DELETE', `/refresh-tokens/${which}`, token ? { token } : {});
const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));
const works = async (accessToken: string) =>
  (await api(world, 'GET', '/customers', { token: accessToken })).status === 200;

const visitor = () => loggedIn(world);

describe('POST /refresh-tokens', () => {
  test('a refresh token gets a new pair and is spent; the old access token goes on', async () => {
    const { token: accessToken, refreshToken, reference } = await visitor();

    const answer = await exchange(refreshToken);

    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      data: {
        type: 'refresh-tokens',
        id: null,
        attributes: {
          tokenType: 'Bearer',
          expiresIn: 28_800,
          accessToken: expect.any(String),
          refreshToken: expect.any(String),
        },
        links: { self: 'http://shop.test/refresh-tokens' },
      },
    });
    const next = answer.json.data.attributes;
    expect(next.refreshToken).not.toBe(refreshToken);
    expect(
      JSON.parse(JSON.parse(Buffer.from(next.accessToken.split('.')[1], 'base64url').toString()).sub),
    ).toMatchObject({ customer_reference: reference });
    expect([await works(accessToken), await works(next.accessToken)]).toEqual([true, true]);
    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
  });

  test('what is no living refresh token is 401/004', async () => {
    const { token: accessToken } = await visitor();

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
      body: {
        data: {
          type: 'refresh-tokens',
          id: 'x',
          include: 'y',
          attributes: { refreshToken, refresh_token: 'other', grantType: 'x' },
        },
      },
    });

    expect(answer.status).toBe(201);
  });

  test('GET answers an empty collection', async () => {
    expect(await api(world, 'GET', '/refresh-tokens')).toMatchObject({
      status: 200,
      text: '{"data":[],"links":{"self":"http://shop.test/refresh-tokens"}}',
    });
  });

  test('of ten exchanges of one token at once one gets a pair', async () => {
    const { refreshToken } = await visitor();

    const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(refreshToken)));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  test('a locked customer refreshes nothing', async () => {
    const { id, refreshToken, token: accessToken } = await visitor();
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
});

describe('DELETE /refresh-tokens', () => {
  test('the own token is revoked, the access token goes on', async () => {
    const { token: accessToken, refreshToken } = await visitor();

    const answer = await revoke(accessToken, refreshToken);

    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    expect(await works(accessToken)).toBe(true);
  });

  test('a foreign, an unknown or a malformed token is 204 and changes nothing', async () => {
    const { token: accessToken } = await visitor();
    const other = await visitor();

    for (const which of [other.refreshToken, 'nonsense', '%00', '%', '%ED%A0%80', 'x'.repeat(4000)])
      expect(await revoke(accessToken, which)).toMatchObject({ status: 204, text: '' });

    expect(await exchange(other.refreshToken)).toMatchObject({ status: 201 });
  });

  test('mine revokes every token of the customer and nobody else\u2019s', async () => {
    const { token: accessToken, refreshToken, email } = await visitor();
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
