import { join } from 'node:path';
import type { Request } from 'autocannon';
import pg from 'pg';
import { ratio, startBare } from './against-bare.ts';
import type { Benchmark } from './benchmarks.ts';
import { logIn } from './latency.ts';
import { berlin, demoCustomers, emptyFolder, PASSWORD, startProduct } from './product.ts';

const CONNECTIONS = 16;
const json = { 'content-type': 'application/json' };

interface SignedIn {
  reference: string;
  headers: Record<string, string>;
}

interface Write {
  name: string;
  what: string;
  atLeast: number;
  /** What a connection sends to the product, and to the bare server. */
  requests(customers: readonly SignedIn[], connection: number): { ours: Request[]; bare: Request[] };
}

const document = (type: string, attributes: object) => JSON.stringify({ data: { type, attributes } });

/** Addresses that nobody has registered with. */
let registrations = 0;
const person = () => ({
  email: `benchmark.${(registrations += 1)}@example.org`,
  firstName: 'Anna',
  lastName: 'Bergmann',
  password: PASSWORD,
});

const list: readonly Write[] = [
  {
    name: 'update-customer',
    what: '`PATCH /customers/{ref}` a second, 16 connections ÷ a bare Hono route that updates the row and inserts an audit row in one transaction',
    atLeast: 0.5,
    requests(customers, connection) {
      const { reference, headers } = customers[connection % customers.length] ?? { reference: '', headers: {} };
      // Names that differ from each request to the next, as an update without a change is none.
      const bodies = ['Anna', 'Berta', 'Clara', 'Dora'].map((firstName) => ({ firstName }));
      return {
        ours: bodies.map((attributes) => ({
          method: 'PATCH',
          path: `/customers/${reference}`,
          headers: { ...headers, ...json },
          body: document('customers', attributes),
        })),
        bare: bodies.map((body) => ({
          method: 'PATCH',
          path: `/rows/${reference}`,
          headers: json,
          body: JSON.stringify(body),
        })),
      };
    },
  },
  {
    name: 'create-address',
    what: '`POST /customers/{ref}/addresses` a second, 16 connections ÷ a bare Hono route that inserts the address and an audit row in one transaction',
    atLeast: 0.45,
    // Each connection goes from customer to customer, so that none comes to have many addresses.
    requests: (customers, connection) => ({
      ours: rotated(customers, connection).map(({ reference, headers }) => ({
        method: 'POST',
        path: `/customers/${reference}/addresses`,
        headers: { ...headers, ...json },
        body: document('addresses', {
          ...berlin,
          iso2Code: 'DE',
          isDefaultShipping: false,
          isDefaultBilling: false,
        }),
      })),
      bare: rotated(customers, connection).map(({ reference }) => ({
        method: 'POST',
        path: `/rows/${reference}/addresses`,
        headers: json,
        body: JSON.stringify({ ...berlin, country: 'DE' }),
      })),
    }),
  },
  {
    name: 'register',
    what: '`POST /customers` a second, 16 connections ÷ a bare Hono route that hashes with argon2id and inserts the customer and an audit row in one transaction',
    atLeast: 0.8,
    requests: () => ({
      ours: [
        {
          method: 'POST',
          path: '/customers',
          headers: { accept: 'application/vnd.api+json', ...json },
          setupRequest(request) {
            const { password, ...profile } = person();
            const more = {
              password,
              confirmPassword: password,
              salutation: 'Ms',
              gender: 'Female',
              acceptedTerms: true,
            };
            return { ...request, body: document('customers', { ...profile, ...more }) };
          },
        },
      ],
      bare: [
        {
          method: 'POST',
          path: '/rows',
          headers: json,
          setupRequest: (request) => ({ ...request, body: JSON.stringify(person()) }),
        },
      ],
    }),
  },
];

const rotated = <T>(items: readonly T[], by: number): T[] => [...items.slice(by), ...items.slice(0, by)];

export const writes: readonly Benchmark[] = list.map(({ name, what, atLeast, requests }) => ({
  name,
  what: { [name]: what },
  bar: { [name]: atLeast },
  atLeast: true,
  async measure() {
    const { folder, remove } = emptyFolder();
    const product = await startProduct(folder);
    const bare = await startBare(folder);
    const client = new pg.Client({ host: join(folder, 'run'), port: 5432, user: 'clientele', database: 'clientele' });
    await client.connect();
    try {
      const customers: SignedIn[] = [];
      for (const { reference, email } of await demoCustomers())
        customers.push({ reference, headers: await logIn(product.url, 'access-tokens', email) });
      const loadOf = (url: string, side: 'ours' | 'bare') => ({
        url,
        connections: CONNECTIONS,
        requests: (connection: number) => requests(customers, connection)[side],
      });
      return {
        [name]: await ratio(loadOf(product.url, 'ours'), loadOf(bare.url, 'bare'), async () => {
          await client.query('delete from customer_address');
        }),
      };
    } finally {
      await client.end();
      await bare.stop();
      await product.stop();
      remove();
    }
  },
}));
