import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { contentTypes } from '../../domain/guest-access/index.ts';
import { findCommand } from './index.ts';
import { useConsole } from '../../../test/console.ts';

const world = useApp();

const run = useConsole(world);

/** What is printed when these are for customers only. */
const listOf = (...restricted: string[]) =>
  contentTypes.map((type) => `${type}: ${restricted.includes(type) ? 'customers only' : 'everybody'}`).join('\n');
const closed = async () => (await api(world, 'GET', '/customer-access')).json.data[0].attributes.resourceTypes;

test('at first, wish lists and shopping lists are for customers', async () => {
  expect(await run('guest-access:list')).toMatchObject({ status: 0, text: listOf('wishlist', 'shopping-list') });
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
  expect(await run('guest-access:set', content)).toMatchObject({ status: 0, text: listOf(...content) });

  expect(await run('guest-access:list')).toMatchObject({ status: 0, text: listOf(...content) });
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

  expect(await run('guest-access:set', content)).toMatchObject({
    status: 2,
    text: `There is no ${named}. There is: price, order-place-submit, add-to-cart, wishlist, shopping-list.`,
  });
  expect(await closed()).toEqual(['guest-cart-items']);
});

test('what guest-access:set says can be found in its help', async () => {
  const command = await findCommand('guest-access:set')?.load();

  for (const type of contentTypes) expect(command?.help).toContain(type);
});
