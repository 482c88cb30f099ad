import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiAnswer, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';

const world = useApp();

const details = {
  salutation: 'Mrs',
  firstName: 'Ada',
  lastName: 'Lovelace',
  address1: 'St James’s Square',
  address2: '12',
  zipCode: 'SW1Y 4JH',
  city: 'London',
  iso2Code: 'GB',
};
type Wish = boolean | null | undefined;
const flags = (isDefaultBilling: Wish, isDefaultShipping: Wish) => ({ isDefaultBilling, isDefaultShipping });
const neither = flags(false, false);

async function signedIn() {
  const { id: customerId, reference, email } = await activeCustomer(world);
  return { customerId, reference, token: (await logIn(world, email)).accessToken };
}
let me: Awaited<ReturnType<typeof signedIn>>;
beforeAll(async () => {
  me = await signedIn();
});

/** A customer with this many addresses; the first is the default for everything. */
async function shopper(count = 0, { customerId, reference, token } = me) {
  await world.sql('delete from customer_address where customer_id = $1', [customerId]);
  const list = `/customers/${reference}/addresses`;
  const send = (method: string, path: string, attributes?: object) =>
    api(world, method, path, { token, ...(attributes ? { body: { data: { type: 'addresses', attributes } } } : {}) });
  const add = (wishes: object = neither) => send('POST', list, { ...details, ...wishes });
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push((await add()).json.data.id);
  return {
    customerId,
    list,
    ids,
    add,
    touch: (id: string | undefined, attributes: object) => send('PATCH', `${list}/${id}`, attributes),
    remove: (id: string | undefined) => send('DELETE', `${list}/${id}`),
    /** Which addresses are the defaults, as the API says. */
    async defaults() {
      const { json } = await send('GET', list);
      const holder = (flag: string) =>
        json.data
          .filter(({ attributes }: { attributes: Record<string, boolean> }) => attributes[flag])
          .map(({ id }: { id: string }) => id);
      return { billing: holder('isDefaultBilling'), shipping: holder('isDefaultShipping') };
    },
  };
}

const flagsOf = ({ json }: ApiAnswer) =>
  flags(json.data.attributes.isDefaultBilling, json.data.attributes.isDefaultShipping);

describe('where there is no default', () => {
  const wishes = [true, false, null].flatMap((billing) => [true, false, null].map((shipping) => [billing, shipping]));

  test.for(wishes)('the first address becomes it, billing %s and shipping %s or not', async ([billing, shipping]) => {
    const { add, defaults } = await shopper();

    const answer = await add(flags(billing, shipping));

    expect(flagsOf(answer)).toEqual(flags(true, true));
    expect(await defaults()).toEqual({ billing: [answer.json.data.id], shipping: [answer.json.data.id] });
  });

  test.for<[string, object]>([
    ['nothing', {}],
    ['a name', { firstName: 'Augusta' }],
    ['neither flag', neither],
    ['null', flags(null, null)],
    ['both flags', flags(true, true)],
    ['only one flag', { isDefaultBilling: true }],
  ])('any address that is touched inherits it: PATCH with %s', async ([, attributes]) => {
    const { ids, touch, remove, defaults } = await shopper(3);
    expect((await remove(ids[0])).status).toBe(204);
    expect(await defaults()).toEqual({ billing: [], shipping: [] });

    const answer = await touch(ids[2], attributes);

    expect(flagsOf(answer)).toEqual(flags(true, true));
    expect(await defaults()).toEqual({ billing: [ids[2]], shipping: [ids[2]] });
  });

  test('a new address inherits it', async () => {
    const { ids, add, remove, defaults } = await shopper(2);
    await remove(ids[0]);

    const { id } = (await add()).json.data;

    expect(await defaults()).toEqual({ billing: [id], shipping: [id] });
  });
});

describe('where there is a default', () => {
  const both: [wish: Wish, moves: boolean][] = [
    [true, true],
    [false, false],
    [null, false],
    [undefined, false],
  ];
  const rows = both.flatMap(([billing, movesBilling]) =>
    both.map(([shipping, movesShipping]) => [billing, shipping, movesBilling, movesShipping] as const),
  );

  test.for(rows)(
    'PATCH with billing %s and shipping %s moves them: %s, %s',
    async ([billing, shipping, movesBilling, movesShipping]) => {
      const { ids, touch, defaults } = await shopper(2);

      const answer = await touch(ids[1], flags(billing, shipping));

      expect(flagsOf(answer)).toEqual(flags(movesBilling, movesShipping));
      expect(await defaults()).toEqual({
        billing: [ids[movesBilling ? 1 : 0]],
        shipping: [ids[movesShipping ? 1 : 0]],
      });
    },
  );

  test.for(rows.filter(([billing, shipping]) => billing !== undefined && shipping !== undefined))(
    'POST with billing %s and shipping %s moves them: %s, %s',
    async ([billing, shipping, movesBilling, movesShipping]) => {
      const { ids, add, defaults } = await shopper(1);

      const answer = await add(flags(billing, shipping));

      expect(flagsOf(answer)).toEqual(flags(movesBilling, movesShipping));
      const { id } = answer.json.data;
      expect(await defaults()).toEqual({
        billing: [movesBilling ? id : ids[0]],
        shipping: [movesShipping ? id : ids[0]],
      });
    },
  );

  test.for([false, null, true, undefined])('the default itself stays one when it is sent %s', async (wish) => {
    const { ids, touch, defaults } = await shopper(2);

    expect(flagsOf(await touch(ids[0], flags(wish, wish)))).toEqual(flags(true, true));
    expect(await defaults()).toEqual({ billing: [ids[0]], shipping: [ids[0]] });
  });

  test('removing one default leaves the other; removing no default leaves both', async () => {
    const { ids, touch, remove, defaults } = await shopper(3);
    await touch(ids[1], { isDefaultShipping: true });
    await remove(ids[2]);
    expect(await defaults()).toEqual({ billing: [ids[0]], shipping: [ids[1]] });

    await remove(ids[0]);
    expect(await defaults()).toEqual({ billing: [], shipping: [ids[1]] });
    expect(flagsOf(await touch(ids[1], {}))).toEqual(flags(true, true));
  });

  test('a default of somebody else is none of mine', async () => {
    const other = await shopper(1, await signedIn());
    const { add } = await shopper(1);

    await add(flags(true, true));

    expect(await other.defaults()).toEqual({ billing: [other.ids[0]], shipping: [other.ids[0]] });
  });

  test('what is refused moves nothing', async () => {
    const { ids, add, touch, defaults } = await shopper(2);

    expect((await touch(ids[1], { ...flags(true, true), city: 'L' })).status).toBe(422);
    expect((await add({ ...flags(true, true), city: 'L' })).status).toBe(422);
    expect((await touch('00000000-0000-7000-8000-000000000000', flags(true, true))).status).toBe(404);

    expect(await defaults()).toEqual({ billing: [ids[0]], shipping: [ids[0]] });
  });
});

describe('at once', () => {
  const statuses = (answers: readonly ApiAnswer[]) => [...new Set(answers.map(({ status }) => status))];

  test.for([false, true])('ten first addresses leave one default of each kind, wished for: %s', async (wish) => {
    const { add, defaults, customerId } = await shopper();

    const answers = await Promise.all(Array.from({ length: 10 }, () => add(flags(wish, wish))));

    expect(statuses(answers)).toEqual([201]);
    const { billing, shipping } = await defaults();
    expect([billing.length, shipping.length]).toEqual([1, 1]);
    expect(await world.sql('select 1 from customer_address where customer_id = $1', [customerId])).toHaveLength(10);
  });

  test('ten addresses that each want to be the default leave one', async () => {
    const { ids, touch, defaults } = await shopper(5);

    const answers = await Promise.all(
      [...ids, ...ids].map((id, at) => touch(id, at % 2 ? { isDefaultBilling: true } : { isDefaultShipping: true })),
    );

    expect(statuses(answers)).toEqual([200]);
    const { billing, shipping } = await defaults();
    expect([billing.length, shipping.length]).toEqual([1, 1]);
  });

  test('removing, adding and touching never fail badly, and never leave two defaults', async () => {
    const { ids, add, touch, remove, defaults } = await shopper(4);

    const answers = await Promise.all(
      ids.flatMap((id) => [remove(id), touch(id, flags(true, true)), add(flags(true, false)), remove(id)]),
    );

    expect(statuses(answers).filter((status) => ![200, 201, 204, 404].includes(status))).toEqual([]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(4);
    const { billing, shipping } = await defaults();
    expect([billing.length <= 1, shipping.length <= 1]).toEqual([true, true]);
  });
});
