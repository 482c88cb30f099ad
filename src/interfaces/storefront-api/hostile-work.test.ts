import { expect, test } from 'vitest';
import { api, errorsOf } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, registration } from '../../../test/builders.ts';
import { FORM_FIELDS_MAX } from '../../platform/http/form.ts';
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX } from '../../platform/json.ts';
import { policyOf } from '../../domain/passwords/index.ts';
import { customers } from './resources/customers.ts';

const world = useApp();

const INVALID = '{"errors":[{"detail":"Post data is invalid.","status":400}]}';
const TOO_LARGE = '{"errors":[{"detail":"Request body is too large.","status":413}]}';
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

/** An object that counts how often it is looked at, and how often all of its members are listed. */
function watched(members: object) {
  const looks = { single: 0, listings: 0 };
  const proxy = new Proxy(members, {
    get: (target, name) => ((looks.single += 1), Reflect.get(target, name)),
    getOwnPropertyDescriptor: (target, name) => ((looks.single += 1), Reflect.getOwnPropertyDescriptor(target, name)),
    ownKeys: (target) => ((looks.listings += 1), Reflect.ownKeys(target)),
  });
  return { looks, proxy };
}

test('reading the attributes of a request costs the same however many members were sent with them', () => {
  const operation = customers.operations.find(({ method }) => method === 'POST');
  const work = (extra: number) => {
    const { looks, proxy } = watched({
      ...Object.fromEntries(numbers(extra).map((at) => [`a${at}`, at])),
      ...registration(),
    });
    operation?.attributes?.violations(proxy, policyOf(world.app.config));
    operation?.attributes?.toLookUp(proxy);
    operation?.attributes?.values(proxy);
    return looks;
  };

  expect(work(10)).toEqual({ single: expect.any(Number), listings: 0 });
  expect(work(10_000)).toEqual(work(10));
});

test.for([
  [
    'more members than any resource has',
    `{"data":{"type":"customers","attributes":{"a":[${'0,'.repeat(JSON_MEMBERS_MAX)}0]}}}`,
  ],
  [
    'an attribute that is nested too deeply',
    `{"data":{"type":"customers","attributes":{"a":${'['.repeat(JSON_DEPTH_MAX)}${']'.repeat(JSON_DEPTH_MAX)}}}}`,
  ],
  [
    'members of members of members',
    `{"data":{"type":"customers","attributes":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}}`,
  ],
] as const)('%s are no post data', async ([, body]) => {
  expect(await api(world, 'POST', '/customers', { body })).toMatchObject({ status: 400, text: INVALID });
});

const manyFields = numbers(FORM_FIELDS_MAX + 1)
  .map((at) => `a${at}=1`)
  .join('&');
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

test('a form with more fields than any form has is too large, on pages and at /token', async () => {
  const { email } = await activeCustomer(world);
  const credentials = new URLSearchParams({ grant_type: 'password', username: email, password: PASSWORD }).toString();
  const send = (path: string, body: string) => api(world, 'POST', path, { body, headers: form });

  expect(await send('/token', credentials)).toMatchObject({ status: 200 });
  expect(await send('/token', `${credentials}&${manyFields}`)).toMatchObject({ status: 413, text: TOO_LARGE });
  expect((await send('/glue-storefront/token', `${credentials}&${manyFields}`)).status).toBe(413);
  const page = await send('/login_check', manyFields);
  expect([page.status, page.text.includes('<h1>')]).toEqual([413, true]);
});

test.for([
  ['one parameter many times', `/access-tokens?${'fields[customers]=a&'.repeat(700)}`],
  [
    'as many types',
    `/access-tokens?${numbers(700)
      .map((at) => `fields[t${at}]=a`)
      .join('&')}`,
  ],
  ['words to include', `/access-tokens?include=${'a,'.repeat(7000)}`],
  ['ways to sort', `/access-tokens?sort=${'-a,'.repeat(4500)}`],
  ['steps', `/${'customers/x/'.repeat(1200)}`],
  ['escapes', `/customers/${'%25'.repeat(4500)}`],
] as const)('a request with %s is answered', async ([, path]) => {
  expect((await api(world, 'GET', path)).status).toBeLessThan(500);
});

test('a line with more parameters than headers may have is refused before it is read', async () => {
  expect((await api(world, 'GET', `/access-tokens?${'a=1&'.repeat(5000)}`)).status).toBe(431);
});

test('long lists in headers are answered', async () => {
  const hops = '10.0.0.1,'.repeat(1500);

  const answer = await api(world, 'POST', '/access-tokens', {
    attributes: { username: 'a@example.org', password: 'x' },
    headers: { 'X-Forwarded-For': `${hops}10.0.0.1`, 'Accept-Language': 'de;q=0.1,'.repeat(150) },
  });

  expect(errorsOf(answer)).toEqual(['401/003']);
});
