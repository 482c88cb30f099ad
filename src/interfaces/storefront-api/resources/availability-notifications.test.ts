import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiAnswer, type ApiCall, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { MISSING, BLANK } from '../../../../test/passwords.ts';

const world = useApp();

const NOT_EMAIL = 'This value is not a valid email address.';
const NOT_STRING = 'This value should be of type string.';
const TAKEN = '{"errors":[{"detail":"Subscription already exists.","status":422,"code":"4602"}]}';
const GONE = '{"errors":[{"detail":"Subscription doesn\'t exist.","status":404,"code":"4603"}]}';
const FOREIGN = '{"errors":[{"detail":"Unauthorized request.","status":403,"code":"4606"}]}';

async function signedIn() {
  const { id, reference, email } = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, email);
  return { id, reference, email, token };
}
let me: Awaited<ReturnType<typeof signedIn>>;
let other: Awaited<ReturnType<typeof signedIn>>;
beforeAll(async () => {
  [me, other] = [await signedIn(), await signedIn()];
});

let count = 0;
const newSku = () => `sku_${(count += 1)}`;
const EMAIL = 'reader@example.org';

const subscribe = (attributes: unknown, call: ApiCall = {}, query = '') =>
  api(world, 'POST', `/availability-notifications${query}`, {
    ...call,
    body: { data: { type: 'availability-notifications', attributes } },
  });
const remove = (key: string, call: ApiCall = {}) => api(world, 'DELETE', `/availability-notifications/${key}`, call);
const keyOf = ({ json }: ApiAnswer): string => json.data.id;
const rowOf = async (key: string) =>
  (await world.sql('select * from availability_subscription where key = $1', [key]))[0];
const rows = async () => (await world.sql('select 1 from availability_subscription')).length;

describe('POST', () => {
  test('answers the subscription, with nothing but what the contract names', async () => {
    const sku = newSku();

    const answer = await subscribe({ sku, email: EMAIL }, {}, '?a=b');

    expect(answer.status).toBe(201);
    const key = keyOf(answer);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.text).toBe(
      JSON.stringify({
        data: {
          type: 'availability-notifications',
          id: key,
          attributes: { localeName: 'de_DE', email: EMAIL, sku },
          links: { self: `http://shop.test/availability-notifications/${key}?a=b` },
        },
      }),
    );
    expect(await rowOf(key)).toMatchObject({ customer_id: null, store: 'DE' });
  });

  test('of a customer is the customer\u2019s, whatever address is given', async () => {
    const answer = await subscribe({ sku: newSku(), email: EMAIL }, { token: me.token });

    expect(answer.status).toBe(201);
    expect(await rowOf(keyOf(answer))).toMatchObject({ customer_id: me.id, email: EMAIL });
  });

  test('notes the language and the store of the request', async () => {
    const headers = { 'Accept-Language': 'en', Store: 'AT' };

    const { json } = await subscribe({ sku: newSku(), email: EMAIL }, { headers });

    expect(json.data.attributes.localeName).toBe('en_US');
    expect(await rowOf(json.data.id)).toMatchObject({ store: 'AT', locale: 'en_US' });
  });

  test('of the same address for the same product in the same store is refused, whoever asks', async () => {
    const sku = newSku();
    await subscribe({ sku, email: EMAIL });
    const before = await rows();

    for (const call of [{}, { token: me.token }, { headers: { 'Accept-Language': 'en' } }])
      expect(await subscribe({ sku, email: EMAIL }, call)).toMatchObject({ status: 422, text: TAKEN });
    expect(await rows()).toBe(before);

    expect((await subscribe({ sku, email: EMAIL }, { headers: { Store: 'US' } })).status).toBe(201);
    expect((await subscribe({ sku: newSku(), email: EMAIL })).status).toBe(201);
    expect((await subscribe({ sku, email: `other.${EMAIL}` })).status).toBe(201);
  });

  test('of ten at once one succeeds', async () => {
    const sku = newSku();

    const answers = await Promise.all(Array.from({ length: 10 }, () => subscribe({ sku, email: EMAIL })));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ text }) => text === TAKEN)).toHaveLength(9);
  });

  test.for<[object, string[]]>([
    [{}, [`sku => ${MISSING}`, `email => ${MISSING}`]],
    [{ email: EMAIL }, [`sku => ${MISSING}`]],
    [{ sku: 'x' }, [`email => ${MISSING}`]],
    [{ email: '', sku: '' }, [`sku => ${BLANK}`, `email => ${BLANK}`]],
    [{ sku: null, email: null }, [`sku => ${BLANK}`, `email => ${BLANK}`]],
    [{ sku: 'x', email: 'reader' }, [`email => ${NOT_EMAIL}`]],
    [{ sku: 'x', email: 'a@b@example.org' }, [`email => ${NOT_EMAIL}`]],
    [{ sku: 5, email: true }, [`sku => ${NOT_STRING}`, `email => ${NOT_STRING}`]],
    [{ sku: {}, email: ['x'] }, [`sku => ${NOT_STRING}`, `email => ${NOT_STRING}`]],
  ])('with %j is a violation', async ([attributes, details]) => {
    const before = await rows();

    const { status, json } = await subscribe(attributes);

    expect(status).toBe(422);
    expect(json.errors).toEqual(details.map((detail) => ({ detail, status: 422, code: '901' })));
    expect(await rows()).toBe(before);
  });

  test('takes every sku that a shop could have', async () => {
    for (const sku of [' ', 'x'.repeat(255), '字'.repeat(255), "';--", '__proto__', '\u202e'])
      expect((await subscribe({ sku, email: EMAIL })).json.data.attributes.sku).toBe(sku);
  });

  test('knows no product with a sku longer than any', async () => {
    for (const sku of ['x'.repeat(256), '字'.repeat(60_000)])
      expect((await subscribe({ sku, email: EMAIL })).text).toBe(
        '{"errors":[{"detail":"Product not found.","status":404,"code":"4601"}]}',
      );
  });

  test.for(['a\0b', '\ud800', 'a\udc00'])('never stores %j', async (text) => {
    const before = await rows();

    for (const attributes of [
      { sku: text, email: EMAIL },
      { sku: newSku(), email: `${text}@example.org` },
    ]) {
      const answer = await subscribe(attributes);
      expect([answer.status, ...errorsOf(answer)]).toEqual([422, '422/901']);
    }
    expect(await rows()).toBe(before);
  });

  const long = (labels: number) => `reader@${'a'.repeat(60)}.`.concat('b2345678.'.repeat(labels), 'example');
  test('takes an address of 255 characters', async () => {
    const email = long(20).slice(0, 255);

    expect(email).toHaveLength(255);
    expect((await subscribe({ sku: newSku(), email })).json.data?.attributes.email).toBe(email);
  });

  test.for([21, 100, 5000])('an address that is too long is refused, not a failure: %i labels', async (labels) => {
    const { status } = await subscribe({ sku: newSku(), email: long(labels) });

    expect([413, 422]).toContain(status);
  });

  test('hears nothing but a sku and an address', async () => {
    const wishes = {
      key: 'f'.repeat(32),
      id: 'f'.repeat(32),
      customerId: other.id,
      customer_id: other.id,
      customerReference: other.reference,
      store: 'US',
      locale: 'en_US',
      localeName: 'en_US',
    };

    const { json } = await subscribe({ ...wishes, sku: newSku(), email: EMAIL });

    expect(json.data.id).not.toBe(wishes.key);
    expect(json.data.attributes.localeName).toBe('de_DE');
    expect(await rowOf(json.data.id)).toMatchObject({ customer_id: null, store: 'DE', locale: 'de_DE' });
  });

  test('with a token that is none is refused', async () => {
    expect(errorsOf(await subscribe({ sku: newSku(), email: EMAIL }, { token: 'x' }))).toEqual(['401/001']);
  });
});

describe('DELETE', () => {
  test.for(['a visitor', 'the customer', 'another customer'])(
    'ends a subscription for whoever has its key: %s',
    async (who) => {
      const key = keyOf(await subscribe({ sku: newSku(), email: EMAIL }, { token: me.token }));
      const call = who === 'the customer' ? { token: me.token } : who === 'a visitor' ? {} : { token: other.token };

      expect(await remove(key, call)).toMatchObject({ status: 204, text: '' });
      expect(await rowOf(key)).toBeUndefined();
      expect(await remove(key, call)).toMatchObject({ status: 404, text: GONE });
    },
  );

  test('of what is no key ends nothing', async () => {
    const key = keyOf(await subscribe({ sku: newSku(), email: EMAIL }));
    const before = await rows();

    for (const wrong of ['0'.repeat(32), key.slice(1), `${key}0`, '%25', '%00', 'x'.repeat(5000), '%ED%A0%80', 'mine'])
      expect(await remove(wrong)).toMatchObject({ status: 404, text: GONE });
    expect(await rows()).toBe(before);
  });

  test('without a key is 400; a token that is none is 401', async () => {
    for (const path of ['', '/'])
      expect((await api(world, 'DELETE', `/availability-notifications${path}`)).text).toBe(
        '{"errors":[{"detail":"Resource id is not specified.","status":400}]}',
      );
    expect(errorsOf(await remove('x', { token: 'nonsense' }))).toEqual(['401/001']);
  });

  test('lets the address subscribe again', async () => {
    const sku = newSku();
    await remove(keyOf(await subscribe({ sku, email: EMAIL })));

    expect((await subscribe({ sku, email: EMAIL })).status).toBe(201);
  });
});

test.for([
  ['GET', '/availability-notifications'],
  ['GET', `/availability-notifications/${'0'.repeat(32)}`],
  ['PATCH', `/availability-notifications/${'0'.repeat(32)}`],
  ['POST', '/my-availability-notifications'],
  ['DELETE', '/my-availability-notifications/x'],
  ['POST', '/customers/DE--1/availability-notifications'],
] as const)('%s %s does not exist', async ([method, path]) => {
  const call = method === 'GET' ? {} : { attributes: { sku: 'x', email: EMAIL } };
  expect((await api(world, method, path, { token: me.token, ...call })).text).toBe(
    '{"errors":[{"status":404,"detail":"Not Found"}]}',
  );
});

test('below a reference that is not the customer\u2019s own, subscriptions are forbidden', async () => {
  for (const name of [other.reference, 'DE--0', 'mine', ''])
    expect(await api(world, 'GET', `/customers/${name}/availability-notifications`, { token: me.token })).toMatchObject(
      { status: 403, text: FOREIGN },
    );
  expect(errorsOf(await api(world, 'GET', '/customers/availability-notifications', { token: me.token }))).toEqual([
    '404/402',
  ]);
});
