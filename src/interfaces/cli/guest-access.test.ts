import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { contentTypes } from '../../domain/guest-access/index.ts';
import { findCommand } from './index.ts';

const world = useApp();

async function run(name: string, args: readonly string[] = []) {
  const lines: string[] = [];
  const terminal = {
    out: (line: string) => void lines.push(line),
    progress: { start: () => {}, update: () => {}, stop: () => {} },
    confirm: async () => false,
  };
  const command = await findCommand(name)?.load();
  const status = await command?.run({ app: world.app, config: world.app.config, args, terminal });
  return { status, lines };
}

/** What is printed when these are for customers only. */
const listOf = (...restricted: string[]) =>
  contentTypes.map((type) => `${type}: ${restricted.includes(type) ? 'customers only' : 'everybody'}`);
const closed = async () => (await api(world, 'GET', '/customer-access')).json.data[0].attributes.resourceTypes;

test('to begin with, wishlists are for customers', async () => {
  expect(await run('guest-access:list')).toEqual({ status: 0, lines: listOf('wishlist') });
});

test.for<[content: string[], types: string[]]>([
  [['price'], ['abstract-product-prices', 'concrete-product-prices']],
  [
    ['add-to-cart', 'order-place-submit'],
    ['checkout', 'checkout-data', 'guest-cart-items'],
  ],
  [
    ['wishlist', 'wishlist'],
    ['wishlists', 'wishlist-items'],
  ],
  [['shopping-list'], []],
  [[], []],
])('guest-access:set %j closes these, opens the others, and the shop is told so', async ([content, types]) => {
  expect(await run('guest-access:set', content)).toEqual({ status: 0, lines: listOf(...content) });

  expect(await run('guest-access:list')).toEqual({ status: 0, lines: listOf(...content) });
  expect(await closed()).toEqual(types);
});

test.for<[content: string[], named: string]>([
  [['Price'], 'Price'],
  [['price', 'prices'], 'prices'],
  [['all', 'price', 'none'], 'all, none'],
  [['price,wishlist'], 'price,wishlist'],
  [[''], ''],
  [['__proto__'], '__proto__'],
])('guest-access:set %j is a wrong call that changes nothing', async ([content, named]) => {
  await run('guest-access:set', ['add-to-cart']);

  expect(await run('guest-access:set', content)).toEqual({
    status: 2,
    lines: [`There is no ${named}. There is: price, order-place-submit, add-to-cart, wishlist, shopping-list.`],
  });
  expect(await closed()).toEqual(['guest-cart-items']);
});

test('what guest-access:set says can be found in its help', async () => {
  const command = await findCommand('guest-access:set')?.load();

  for (const type of contentTypes) expect(command?.help).toContain(type);
});
