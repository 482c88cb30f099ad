import type { z } from 'zod';
import { feedOrders } from '../src/domain/orders/index.ts';
import type { OrderFeed, OrderItemFeed } from '../src/domain/orders/order.ts';
import { newId } from '../src/platform/id.ts';
import { api, type ApiCall, logIn } from './api.ts';
import type { World } from './app.ts';
import { activeCustomer } from './builders.ts';

type ItemFeed = z.input<typeof OrderItemFeed>;

let count = 0;

const orderReference = () => `DE--${process.pid}-${(count += 1)}`;

/** An item of an order; its name follows from its key. */
export function orderItem(overrides: Partial<ItemFeed> = {}): ItemFeed {
  const key = overrides.key ?? '1';
  return {
    key,
    sku: `052_${key}`,
    name: `Canon IXUS ${key}`,
    quantity: 2,
    unitPrice: 5_000,
    taxRate: 19,
    taxAmount: 1_597,
    state: 'Paid',
    isReturnable: true,
    image: 'https://images.example.org/ixus.jpg',
    ...overrides,
  };
}

const address = {
  salutation: 'Ms',
  firstName: 'Ida',
  lastName: 'Noor',
  company: 'Noor AG',
  address1: 'Julie-Wolfthorn-Straße',
  address2: '1',
  zipCode: '10115',
  city: 'Berlin',
  iso2Code: 'DE',
  phone: '+49 30 7654321',
};

/** An order of a camera, twice, as a shop tells it. Nobody placed it unless told. */
export function order(overrides: Partial<OrderFeed> = {}): OrderFeed {
  return {
    reference: orderReference(),
    email: 'ida.noor@example.org',
    store: 'DE',
    currency: 'EUR',
    priceMode: 'GROSS_MODE',
    subtotal: 10_000,
    discountTotal: 1_000,
    expenseTotal: 490,
    taxTotal: 1_516,
    grandTotal: 9_490,
    billingAddress: address,
    shippingAddress: { ...address, company: null, address3: '2nd floor' },
    paymentProvider: 'Stripe',
    paymentMethod: 'Invoice',
    shipmentMethod: 'Express',
    shipmentCarrier: 'Parcel Post',
    createdAt: new Date('2025-11-03T09:15:30.250Z'),
    items: [orderItem()],
    ...overrides,
  };
}

/** Customers as an import brings them, for orders that name them. */
export async function importedCustomers(world: World, references: readonly string[]): Promise<void> {
  await world.sql(
    `insert into customer (id, reference, email, email_key, locale, import_run_id, created_at, updated_at)
     select gen_random_uuid(), reference, lower(reference) || '@example.org', lower(reference) || '@example.org', 'de_DE',
       gen_random_uuid(), now(), now() from unnest($1::text[]) reference`,
    [references],
  );
}

/** The identifier of the customer with a reference; one that nobody has where there is none. */
export async function customerIdOf(world: World, reference: string): Promise<string> {
  const [row] = await world.sql('select id from customer where reference = $1', [reference]);
  return row ? String(row['id']) : newId();
}

/** A customer who is logged in, with the orders that are told of them. */
export async function buyer(world: World, ...orders: Partial<OrderFeed>[]) {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  const told = orders.map((one) => order({ customerReference: customer.reference, ...one }));
  await feedOrders(world.app, told);
  return {
    ...customer,
    token,
    told,
    own: `/customers/${customer.reference}/orders`,
    get: (path: string, call: ApiCall = {}) => api(world, 'GET', path, { token, ...call }),
  };
}
