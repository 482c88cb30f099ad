import { z } from 'zod';
import { listOrders, orderByReference, orderNotFound } from '../../../domain/orders/index.ts';
import { everything } from '../../../platform/database/page.ts';
import { type AskOf, forCustomers, resource } from '../resource.ts';
import { ordersNotYours } from '../wire-problems.ts';
import { OrderAttributes, orderItem, orderSummaryItem } from './order-items.ts';
import { shipmentsOfOrders } from './order-shipments.ts';

const sortable = { createdAt: 'createdAt', updatedAt: 'updatedAt' } as const;

/** Only the first field counts, and only the two there are: anything else sorts nothing. */
function sortOf([first = '']: readonly string[]) {
  const name = first.replace(/^-/, '');
  const by = name === 'createdAt' || name === 'updatedAt' ? sortable[name] : undefined;
  return by && { by, descending: first.startsWith('-') };
}

/** What the contract does not have and no client of it sends: a search, for storefronts that want one. */
const searched = {
  q: 'Beyond the contract: part of the reference, of an item’s name or of its sku',
  from: 'Beyond the contract: placed then or later; ISO 8601, a day alone is meant in UTC',
  until: 'Beyond the contract: placed before then',
};

const Moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((text) => new Date(text));

function searchOf(query: URLSearchParams) {
  const moment = (name: string) => Moment.safeParse(query.get(name)).data;
  return { text: query.get('q')?.replaceAll('\0', '') || undefined, from: moment('from'), until: moment('until') };
}

async function list({ app, bearer, page, sort, query }: AskOf<undefined>) {
  const search = { ...(page ?? everything), ...searchOf(query), sort: sortOf(sort) };
  const { items, total } = await listOrders(app.db, bearer.customer.id, search);
  return { items: items.map(orderSummaryItem), total };
}

const history = {
  method: 'GET',
  at: 'many',
  summary: 'The orders of the customer',
  paged: true,
  query: { sort: 'createdAt or updatedAt, descending with a `-`', ...searched },
  handle: list,
} as const;

/** Orders of a customer, see docs/glue/orders.md. */
export const orders = resource({
  type: 'orders',
  shows: OrderAttributes,
  relations: { 'order-shipments': shipmentsOfOrders },
  operations: [
    forCustomers(history),
    forCustomers({
      method: 'GET',
      at: 'one',
      summary: 'An order with its items',
      problems: [orderNotFound({})],
      async handle({ app, id, bearer: { customer } }) {
        const order = await orderByReference(app.db, customer.id, id);
        if (!order) throw orderNotFound({});
        return { items: [orderItem(order)] };
      },
    }),
  ],
});

export const customerOrders = resource({
  type: 'orders',
  parents: ['customers'],
  shows: OrderAttributes,
  relations: { 'order-shipments': shipmentsOfOrders },
  operations: [forCustomers({ ...history, own: ordersNotYours })],
});
