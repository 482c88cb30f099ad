import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { agentOf, call, nameOf, type Person, person } from '../../../test/every-operation.ts';
import { order } from '../../../test/orders.ts';
import { feedOrders } from '../../domain/orders/index.ts';
import { list } from './index.ts';

// What holds for every request, whatever it asks for.

const world = useApp();
const operations = list.flatMap((resource) => resource.operations.map((operation) => ({ resource, operation })));

let victim: Person;
let stranger: Person;
let agent: string;
beforeAll(async () => {
  victim = await person(world, { works: true });
  stranger = await person(world, { works: true });
  agent = await agentOf(world);
});

const names = [...new Set(list.flatMap(({ type, parents }) => [type, ...parents]))];
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('mine', '', '%', '%00', '..', '0'),
);
const segment = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: text })
  .map(encode);

/** As a client may send it: escaped, but for what is no text at all. */
function encode(part: string): string {
  return /^[\w.%-]*$/.test(part) ? part : encodeURIComponent(part.toWellFormed());
}

const query = fc.dictionary(
  fc.constantFrom(
    'include',
    'sort',
    'q',
    'page[offset]',
    'page[limit]',
    'fields[customers]',
    'filter[company-roles.id]',
    'currency',
    '_store',
  ),
  text,
  { maxKeys: 3 },
);

test('no request makes a 500', async () => {
  const tokens = [undefined, victim.token, agent, 'x.y.z'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT'),
      fc.array(segment, { minLength: 1, maxLength: 5 }),
      query,
      fc.constantFrom(...tokens),
      fc.constantFrom(...tokens),
      fc.oneof(fc.json(), fc.record({ data: fc.record({ type: fc.constantFrom(...names), attributes: fc.object() }) })),
      async (method, path, parameters, token, agentToken, body) => {
        const search = new URLSearchParams(parameters).toString();
        const answer = await api(world, method, `/${path.join('/')}${search && `?${search}`}`, {
          ...(token ? { token } : {}),
          headers: agentToken ? { 'X-Agent-Authorization': `Bearer ${agentToken}` } : {},
          body,
        });

        expect(answer.status, answer.text).not.toBe(500);
      },
    ),
    // Whoever erases the customer of the others by chance would only make the rest dull.
    { numRuns: 250 },
  );
});

test('what is foreign is neither read nor written, whatever is done with it', async () => {
  const secrets = [victim.customer.email, victim.customer.reference, victim.orderReference];
  const state = () =>
    world.sql(
      `select (select row(c.*)::text from customer c where id = $1) as customer,
        (select string_agg(a::text, ',' order by id) from customer_address a where customer_id = $1) as addresses,
        (select count(*) from refresh_token where customer_id = $1 and revoked_at is null) as tokens,
        (select string_agg(o::text, ',') from sales_order o where customer_reference = $2) as orders`,
      [victim.customer.id, victim.customer.reference],
    );
  // Those that need no token at all are anybody's: a key that was mailed is the proof.
  const owned = operations.filter(
    ({ operation: { audience } }) => audience === 'customer' || audience === 'customer-or-agent',
  );
  const before = await state();

  for (const { resource, operation } of owned) {
    const answer = await call(world, { resource, operation }, victim, stranger.token);
    const said = answer.text.replaceAll(answer.path, '').replaceAll(encodeURI(answer.path), '');
    const found = secrets.filter((secret) =>
      said
        .split(secret)
        .slice(1)
        .some((rest) => !/^\d/.test(rest)),
    );
    expect(found, nameOf(resource, operation)).toEqual([]);
  }

  expect(await state()).toEqual(before);
});

test('paging visits everything once', async () => {
  const references = Array.from({ length: 17 }, () => order({ customerReference: stranger.customer.reference }));
  await feedOrders(world.app, references);
  const all = (await api(world, 'GET', '/orders', { token: stranger.token })).json.data.map(
    ({ id }: { id: string }) => id,
  );

  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 25 }),
      fc.constantFrom('/orders', `/customers/${stranger.customer.reference}/orders`),
      async (limit, path) => {
        const seen: string[] = [];
        let next: string | undefined = `${path}?page[offset]=0&page[limit]=${limit}`;
        while (next) {
          const { json } = await api(world, 'GET', next, { token: stranger.token });
          seen.push(...json.data.map(({ id }: { id: string }) => id));
          next = json.links.next?.replace('http://shop.test', '');
        }
        expect(seen).toEqual(all);
      },
    ),
    { numRuns: 12 },
  );
});

test('sparse fields and includes commute', async () => {
  const get = async (search: string) =>
    (await api(world, 'GET', `/company-users?${search}`, { token: victim.token })).json;
  const include = 'include=customers,companies,company-roles';
  const whole = await get(include);
  // oxlint-disable-next-line typescript/no-explicit-any -- any resource object
  const thin = (object: any, wanted: Record<string, readonly string[]>) => ({
    ...object,
    attributes: Object.fromEntries(
      Object.entries(object.attributes).filter(([name]) => wanted[object.type]?.includes(name) ?? true),
    ),
  });
  const some = (...attributes: string[]) => fc.subarray(attributes);

  await fc.assert(
    fc.asyncProperty(
      fc.record(
        {
          'company-users': some('isActive', 'isDefault', 'nothing'),
          customers: some('email', 'firstName', 'createdAt'),
          companies: some('name', 'status'),
        },
        { requiredKeys: [] },
      ),
      async (wanted) => {
        const search = Object.entries(wanted).map(([type, fields]) => `fields[${type}]=${fields.join(',')}`);
        const answer = await get([include, ...search].join('&'));
        // oxlint-disable-next-line typescript/no-explicit-any -- any resource object
        const links = (object: any) => ({ ...object, links: undefined });

        expect(answer.data.map(links)).toEqual(whole.data.map((one: object) => links(thin(one, wanted))));
        expect(answer.included.map(links)).toEqual(whole.included.map((one: object) => links(thin(one, wanted))));
      },
    ),
    { numRuns: 25 },
  );
});
