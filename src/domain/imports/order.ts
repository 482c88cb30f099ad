import { emailKey, salutations } from '../customers/index.ts';
import { totalColumns } from '../orders/index.ts';
import * as cells from './cells.ts';
import type { Row, RowProblem } from './importer.ts';
import { addressParts, mergeOrderItems, mergeOrders } from './order-queries.ts';
import { column, type Column, type Derived, tableImporter, uuidColumn } from './table-importer.ts';

const amount = (name: string) => column(name, cells.integer, 'in minor units of the currency; empty: 0');

function addressColumns(kind: 'billing' | 'shipping'): Column[] {
  return addressParts.map(([part]) =>
    column(
      `${kind}_${part}`,
      part === 'salutation'
        ? cells.knownOneOf(...salutations)
        : part === 'country_iso2_code'
          ? cells.country
          : cells.text(255),
      `${kind} address as it was when the order was placed`,
      { unstaged: true },
    ),
  );
}

/** The address of an order as one value: the parts that the file has. Null where it has all of them and each is empty. */
const address = (kind: 'billing' | 'shipping'): Derived => ({
  type: 'jsonb',
  of(row: Row, present) {
    const told = addressParts.filter(([part]) => present.has(`${kind}_${part}`));
    const parts = told.map(([part, name]) => {
      const text = row(`${kind}_${part}`);
      return [name, (part === 'country_iso2_code' ? text.toUpperCase() : text) || null] as const;
    });
    const isEmpty = told.length === addressParts.length && parts.every(([, value]) => value === null);
    return told.length === 0 || isEmpty ? null : JSON.stringify(Object.fromEntries(parts));
  },
});

export const orderImporter = tableImporter({
  entity: 'order',
  summary: 'orders; their items come as order-item',
  columns: [
    column('order_reference', cells.text(45), 'key of the row: DE--1', { required: true }),
    column('customer_reference', cells.text(255), 'whose order it is; the customer may come later'),
    column('email', cells.email, 'address the order was placed with'),
    column('store', cells.text(10), 'DE'),
    column('currency', cells.currency, 'ISO 4217 code: EUR', { required: true }),
    column('price_mode', cells.oneOf('GROSS_MODE', 'NET_MODE'), 'GROSS_MODE or NET_MODE; empty: GROSS_MODE'),
    column('created_at', cells.moment, 'YYYY-MM-DD hh:mm:ss; empty: now'),
    column('updated_at', cells.moment, 'YYYY-MM-DD hh:mm:ss; empty: as created'),
    ...totalColumns.map(amount),
    ...addressColumns('billing'),
    ...addressColumns('shipping'),
    column('payment_provider', cells.text(255), 'up to 255 characters'),
    column('payment_method', cells.text(255), 'up to 255 characters'),
    column('shipment_method', cells.text(255), 'up to 255 characters'),
    column('shipment_carrier', cells.text(255), 'up to 255 characters'),
    column('agent_email', cells.email, 'agent who placed the order for the customer'),
    column('business_unit_key', cells.text(255), 'unit of the company it was placed for'),
    column('is_hidden', cells.flag, 'true leaves it out of the history of the customer'),
    column(
      'details',
      cells.object,
      'JSON object: expenses, payments, shipments, calculatedDiscounts, bundleItems, merchantReferences',
    ),
    uuidColumn,
  ],
  derived: {
    email_key: { type: 'text', of: (row) => (row('email') ? emailKey(row('email')) : null) },
    billing_address: address('billing'),
    shipping_address: address('shipping'),
  },
  key: ['order_reference'],
  merge: mergeOrders,
});

export const orderItemImporter = tableImporter({
  entity: 'order-item',
  summary: 'items of orders',
  columns: [
    column('order_reference', cells.text(45), 'order of the item', { required: true }),
    column('item_key', cells.text(64), 'tells the items of one order apart: 1, 2, 3', { required: true }),
    column('sku', cells.text(255), 'article number', { required: true }),
    column('name', cells.text(255), 'as the customer read it', { required: true }),
    column('quantity', cells.positive, 'whole number', { required: true }),
    column('unit_price', cells.integer, 'of one, in minor units', { required: true }),
    column('sum_price', cells.integer, 'of all, in minor units; empty: unit price times quantity'),
    column('tax_rate', cells.percent, 'percent: 19.00'),
    column('tax_amount', cells.integer, 'of all, in minor units'),
    column('state', cells.text(255), 'as customers read it: Shipped'),
    column('is_returnable', cells.flag, 'true or false'),
    column('image', cells.text(2000), 'address of a picture'),
    column('details', cells.object, 'JSON object: any other attribute of an order item'),
    uuidColumn,
  ],
  key: ['order_reference', 'item_key'],
  objections,
  merge: mergeOrderItems,
});

/** What an item comes to has to be a number that programs can hold. */
function objections(row: Row): RowProblem[] {
  const sum = Number(row('unit_price')) * Number(row('quantity'));
  return Number.isSafeInteger(sum)
    ? []
    : [{ column: 'quantity', problem: 'makes the item cost more than can be stored' }];
}
