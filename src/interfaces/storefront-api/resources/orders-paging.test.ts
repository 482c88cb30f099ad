import { beforeAll, expect, test } from 'vitest';
import type { ApiAnswer } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { buyer, orderItem } from '../../../../test/orders.ts';

const world = useApp();

const DOMAIN = 'http://shop.test';
const idsOf = ({ json }: ApiAnswer): string[] => json.data.map(({ id }: { id: string }) => id);

const day = (number: number) => new Date(Date.UTC(2025, 10, number));
const references = ['e', 'b', 'a', 'd', 'c'].map((name) => `DE--five-${name}`);
let shopper: Awaited<ReturnType<typeof buyer>>;
beforeAll(async () => {
  shopper = await buyer(
    world,
    ...[3, 1, 2, 5, 4].map((number, at) => ({
      reference: references[at] ?? '',
      createdAt: day(number),
      updatedAt: day(20 - number * (at === 0 ? 3 : 1)),
    })),
  );
});
const names = (answer: ApiAnswer) =>
  idsOf(answer)
    .map((id) => id.replace('DE--five-', ''))
    .join('');
const list = async (query: string) => names(await shopper.get(`${shopper.own}${query}`));

test.for<[sort: string, found: string]>([
  ['createdAt', 'baecd'],
  ['-createdAt', 'dceab'],
  ['updatedAt', 'edcab'],
  ['-updatedAt', 'bacde'],
  ['createdAt,-updatedAt', 'baecd'],
  ['-updatedAt,createdAt', 'bacde'],
  ['-createdAt,nonsense', 'dceab'],
  // Anything else sorts nothing.
  ['', 'ebadc'],
  ['-', 'ebadc'],
  ['reference', 'ebadc'],
  ['-grandTotal', 'ebadc'],
  ['nonsense,-createdAt', 'ebadc'],
  ['--createdAt', 'ebadc'],
  ['createdat', 'ebadc'],
  ['created_at', 'ebadc'],
  ['constructor', 'ebadc'],
  ['__proto__', 'ebadc'],
  ["createdAt';drop table sales_order;--", 'ebadc'],
  ['createdAt desc', 'ebadc'],
  ['(select pg_sleep(9))', 'ebadc'],
  ['1', 'ebadc'],
  ['\0', 'ebadc'],
])('sort=%s', async ([sort, found]) => {
  expect(await list(`?sort=${encodeURIComponent(sort)}`)).toBe(found);
  expect(names(await shopper.get(`/orders?sort=${encodeURIComponent(sort)}`))).toBe(found);
});

test('without a sort they come in the order of their arrival, each at its offset', async () => {
  const all = await list('');

  expect(all).toBe('ebadc');
  for (const [offset, name] of [...all].entries())
    expect(await list(`?page[offset]=${offset}&page[limit]=1`)).toBe(name);
});

test.for<[offset: number, limit: number, found: string, links: Record<string, number>]>([
  [0, 2, 'eb', { last: 4, first: 0, next: 2 }],
  [2, 2, 'ad', { last: 4, first: 0, prev: 0, next: 4 }],
  [1, 2, 'ba', { last: 4, first: 0, prev: 0, next: 3 }],
  [3, 2, 'dc', { last: 4, first: 0, prev: 1 }],
  [4, 2, 'c', { last: 4, first: 0, prev: 2 }],
  [0, 5, 'ebadc', { last: 0, first: 0 }],
  [0, 500, 'ebadc', { last: 0, first: 0 }],
  // Past the end is the last page.
  [5, 2, 'c', { last: 4, first: 0, prev: 3 }],
  [100, 2, 'c', { last: 4, first: 0, prev: 98 }],
  [100, 5, 'ebadc', { last: 0, first: 0, prev: 95 }],
])('the page from %i of %i', async ([offset, limit, found, links]) => {
  const query = `page[offset]=${offset}&page[limit]=${limit}`;
  for (const path of ['/orders', shopper.own]) {
    const answer = await shopper.get(`${path}?${query}`);
    expect(names(answer)).toBe(found);
    expect(Object.entries(answer.json.links)).toEqual([
      ['self', `${DOMAIN}${path}?${query}`],
      ...Object.entries(links).map(([name, to]) => [name, `${DOMAIN}${path}?page[offset]=${to}&page[limit]=${limit}`]),
    ]);
  }
});

test('links keep the rest of the query, and the sort reaches across pages', async () => {
  const { json } = await shopper.get('/orders?sort=-createdAt&page%5Boffset%5D=2&x=%20&page[limit]=2');

  expect(json.data.map(({ id }: { id: string }) => id)).toEqual(['DE--five-e', 'DE--five-a']);
  expect(json.links.next).toBe(`${DOMAIN}/orders?sort=-createdAt&x=%20&page[offset]=4&page[limit]=2`);
});

test.for(['page[limit]=0', 'page[offset]=2', 'page[offset]=x&page[limit]=2', 'page[offset]=0&page[limit]=-1'])(
  '%s is refused in plain text',
  async (query) => {
    const answer = await shopper.get(`/orders?${query}`);
    expect([answer.status, answer.text]).toEqual([400, 'Pagination parameters are invalid.']);
  },
);

test('a limit alone is ignored', async () => {
  const answer = await shopper.get('/orders?page[limit]=2');

  expect(names(answer)).toBe('ebadc');
  expect(Object.keys(answer.json.links)).toEqual(['self']);
});

let searcher: typeof shopper;
beforeAll(async () => {
  const days = ['2026-03-01', '2026-03-02', '2026-03-03'];
  const named = (number: number) => [orderItem({ name: `Canon IXUS ${number}` })];
  searcher = await buyer(world, ...days.map((day, at) => ({ createdAt: new Date(day), items: named(at + 1) })));
});

test.for([
  ['q=canon', 3],
  ['q=CANON IXUS 2', 1],
  ['q=nothing of this', 0],
  ['q=%', 0],
  ['from=2026-03-02', 2],
  ['from=2026-03-01T00:00:00%2B01:00&until=2026-03-03', 2],
  ['until=2026-03-01', 0],
  ['from=yesterday', 3],
] as const)('?%s, beyond the contract, finds so many: %i', async ([search, found]) => {
  const answer = await searcher.get(`/orders?${search.replaceAll(' ', '%20')}`);

  expect([answer.status, answer.json.data.length]).toEqual([200, found]);
});
