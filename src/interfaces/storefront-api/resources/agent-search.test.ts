import { beforeAll, describe, expect, test } from 'vitest';
import { api } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { somebody } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { anonymizeCustomer, lockAccount, registerCustomer } from '../../../domain/customers/index.ts';

const world = useApp();
const PATH = '/agent-customer-search';
const DOMAIN = 'http://shop.test';
let token: string;

beforeAll(async () => {
  token = (await agentToken(world, (await agent(world)).email)).accessToken;
});

const find = (query: string) => api(world, 'GET', PATH + query, { token });
const search = async (text: string): Promise<Record<string, string>[]> =>
  (await find(`?q=${encodeURIComponent(text)}&page[offset]=0&page[limit]=500`)).json.data[0].attributes.customers;
/** First names of what a text finds: each customer here has one of their own. */
const namesFor = async (text: string) => (await search(text)).map(({ firstName }) => firstName);

let people = 0;
const customer = (firstName: string, lastName: string, email?: string) =>
  registerCustomer(
    world.app,
    somebody({ firstName, lastName, email: email ?? `plain.${(people += 1)}@search.example` }),
  );

describe('a text finds', () => {
  test('the beginning of an address or a name in any letter case, and a whole reference', async () => {
    const { reference } = await customer('Quendolin', 'Zwetschge', 'Xaver.Yps@search.example');

    for (const text of ['quend', 'QUENDOLIN', 'zWetsch', 'Zwetschge', 'xaver.', 'XAVER.YPS@SEARCH.EXAMPLE'])
      expect(await namesFor(text), text).toEqual(['Quendolin']);
    for (const text of [reference, reference.toLowerCase()]) expect(await namesFor(text), text).toEqual(['Quendolin']);
    const others = [
      'uendolin',
      'zwetschgen',
      'yps',
      'quendolin quendolin',
      'quend zwetschge',
      'quendolinzwetschge',
      '@search',
      reference.slice(0, -1),
      'quend ',
    ];
    for (const text of others) expect(await namesFor(text), text).not.toContain('Quendolin');
  });

  test('first and last name typed together, in either order, the last word as far as it is typed', async () => {
    await customer('Ottoline', 'von Habicht');
    await customer('Ottoline', 'Sperber');
    await customer('Solitaria', '');
    await world.sql("update customer set last_name = null where first_name = 'Solitaria'");

    for (const text of ['ottoline von habicht', 'Ottoline v', 'VON HABICHT OTTOLINE', 'von habicht ott'])
      expect(await search(text), text).toMatchObject([{ firstName: 'Ottoline', lastName: 'von Habicht' }]);
    expect(await namesFor('ottoline')).toEqual(['Ottoline', 'Ottoline']);
    expect(await namesFor('solitaria')).toEqual(['Solitaria']);
    expect(await namesFor('ottoline habicht')).toEqual([]);
  });

  test('exactly what an agent needs to know', async () => {
    const { reference } = await customer('Attributa', 'Ott', 'attributa@search.example');

    const answer = await find('?q=attributa');

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    const self = `${DOMAIN}${PATH}?q=attributa`;
    const page = '&page[offset]=0&page[limit]=10';
    expect(answer.json).toEqual({
      data: [
        {
          type: 'agent-customer-search',
          id: null,
          attributes: {
            customers: [
              {
                customerReference: reference,
                email: 'attributa@search.example',
                firstName: 'Attributa',
                lastName: 'Ott',
              },
            ],
          },
          links: { self },
        },
      ],
      links: { self, last: self + page, first: self + page },
    });
    expect(Object.keys(answer.json.data[0].attributes.customers[0])).toEqual([
      'customerReference',
      'email',
      'firstName',
      'lastName',
    ]);
    expect(Object.keys(answer.json.links)).toEqual(['self', 'last', 'first']);
  });

  test('nobody: one resource all the same', async () => {
    const { status, json } = await find('?q=nobody-is-called-so');

    expect(status).toBe(200);
    expect(json.data).toHaveLength(1);
    expect(json.data[0].attributes).toEqual({ customers: [] });
    expect(json.links.self).toBe(`${DOMAIN}${PATH}?q=nobody-is-called-so`);
  });

  test.for(['%', '_', '\\', '%%', 'wild%', 'wild_card', 'w_ldcard', '\\%', 'wildcard\\', "'", "' or '1'='1"])(
    'nothing by a pattern: %s',
    async (text) => {
      await customer('Wildcard', 'Wildcard');

      expect(await search(text)).toEqual([]);
    },
  );

  test.for<[firstName: string, text: string]>([
    ['100% Rabatt', '100% R'],
    ['Snake_Case', 'snake_c'],
    ['Back\\Slash', 'back\\s'],
    ["O'Hara", "o'h"],
    ['A+B', 'a+b'],
    ['A&B', 'a&b'],
  ])('%s by %s', async ([firstName, text]) => {
    await customer(firstName, 'Literal');

    expect(await namesFor(text)).toEqual([firstName]);
  });

  test.for<[firstName: string, texts: string[]]>([
    ['Ärmel', ['är', 'ÄR', 'Ärmel']],
    ['Øystein', ['øy', 'ØY']],
    ['Þórunn', ['þÓr', 'ÞÓRUNN']],
    ['Čeněk', ['čeNĚ']],
    ['Ирина', ['ири', 'ИРИНА']],
    ['Σοφία', ['σοφ', 'ΣΟΦΊ']],
    ['王小明', ['王小']],
  ])('%s by letters of any script', async ([firstName, texts]) => {
    await customer(firstName, 'Schrift');

    for (const text of texts) expect(await namesFor(text), text).toEqual([firstName]);
  });

  test('customers in every state but anonymized ones', async () => {
    const [locked, erased] = [await customer('Lockia', 'State'), await customer('Erasia', 'State')];
    await customer('Freshia', 'State');
    await lockAccount(world.app, locked.id);
    await anonymizeCustomer(world.app, erased.id);

    expect(await namesFor('state')).toEqual(['Lockia', 'Freshia']);
    expect(await search(erased.reference)).toEqual([]);
    const everybody = await search('');
    expect(everybody.map(({ customerReference }) => customerReference)).not.toContain(erased.reference);
  });

  test.for(['\0', 'a\0b', '\u{1F600}', 'x'.repeat(5000), '\u202E', '%00'])(
    'nobody, without harm, by what is no name',
    async (text) => {
      expect((await find(`?q=${encodeURIComponent(text)}`)).status).toBe(200);
    },
  );

  test('nobody by broken escapes, and the first of two texts counts', async () => {
    await customer('Twice', 'Given');

    for (const query of ['?q=%E0%A4%A', '?q=%ff', '?q[]=twice', '?q=twice&q=other'])
      expect((await find(query)).status, query).toBe(200);
  });
});

describe('pages', () => {
  const SELF = `${DOMAIN}${PATH}`;
  const first = Array.from({ length: 25 }, (_, at) => `Page${String(at).padStart(2, '0')}`);

  beforeAll(async () => {
    // Not in the order of their names or addresses, which would hide that creation counts.
    for (const [at, firstName] of first.entries())
      await customer(firstName, 'Paged', `${String.fromCharCode(122 - at)}.paged@search.example`);
  });

  const look = async (query: string) => {
    const { json } = await find(`?q=paged${query}`);
    return {
      names: json.data[0].attributes.customers.map(({ firstName }: Record<string, string>) => firstName) as string[],
      links: json.links as Record<string, string>,
    };
  };
  const link = (offset: number, limit: number) => `${SELF}?q=paged&page[offset]=${offset}&page[limit]=${limit}`;

  test('hold ten, in the order of creation, with links', async () => {
    expect(await look('')).toEqual({
      names: first.slice(0, 10),
      links: { self: `${SELF}?q=paged`, last: link(20, 10), first: link(0, 10), next: link(10, 10) },
    });
  });

  test('lead to one another until everybody was seen once', async () => {
    const seen: string[] = [];
    for (let next: string | undefined = `${PATH}?q=paged`; next;) {
      const { json } = await api(world, 'GET', next, { token });
      seen.push(...json.data[0].attributes.customers.map(({ firstName }: Record<string, string>) => firstName));
      next = json.links.next?.slice(DOMAIN.length);
    }

    expect(seen).toEqual(first);
  });

  test('in the middle have all four links, in their order', async () => {
    const { names, links } = await look('&page[offset]=7&page[limit]=7');

    expect(names).toEqual(first.slice(7, 14));
    expect(Object.entries(links)).toEqual([
      ['self', link(7, 7)],
      ['last', link(21, 7)],
      ['first', link(0, 7)],
      ['prev', link(0, 7)],
      ['next', link(14, 7)],
    ]);
  });

  test.for([25, 30, 1000, 999_999_999])('from %i on are the last one, with a way back', async (offset) => {
    const { names, links } = await look(`&page[offset]=${offset}&page[limit]=10`);

    expect(names).toEqual(first.slice(20));
    expect(links).toMatchObject({ last: link(20, 10), first: link(0, 10) });
    expect(links['prev']).toBeDefined();
    expect(links['next']).toBeUndefined();
  });

  test('with half of the parameters: a limit alone is ignored, an offset alone refused', async () => {
    expect((await look('&page[limit]=3')).names).toEqual(first.slice(0, 10));
    const answer = await find('?page[offset]=3');
    expect([answer.status, answer.text]).toEqual([400, 'Pagination parameters are invalid.']);
  });

  test.for(['page[offset]=0&page[limit]=0', 'page[limit]=-1', 'page[limit]=ten', 'page[offset]=x&page[limit]=10'])(
    'that make no sense are refused: %s',
    async (query) => {
      const answer = await find(`?${query}`);

      expect([answer.status, answer.text]).toEqual([400, 'Pagination parameters are invalid.']);
    },
  );

  test('may be written with escaped brackets', async () => {
    const { names, links } = await look('&page%5Boffset%5D=20&page%5Blimit%5D=10');

    expect(names).toEqual(first.slice(20));
    expect(links).toMatchObject({ prev: link(10, 10) });
  });

  test('without a text hold everybody, oldest first', async () => {
    const all = await search('');
    const rows = await world.sql('select reference from customer where anonymized_at is null order by number');

    expect(all.map(({ customerReference }) => customerReference)).toEqual(rows.map(({ reference }) => reference));
    expect((await find('')).json.data[0].attributes.customers).toEqual(all.slice(0, 10));
    expect((await find('')).json.links.last).toMatch(/^http:\/\/shop\.test\/agent-customer-search\?page\[offset\]=\d+/);
  });
});
