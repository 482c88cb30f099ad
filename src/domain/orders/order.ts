import { z } from 'zod';
import { isStorableJson } from '../../platform/database/json.ts';

/** Minor units of the order's currency: cents. */
const Amount = z.number().int();
const storable = (schema: z.ZodString) => schema.refine(isStorableJson, 'must be text without NUL or half characters');
const Text = storable(z.string().max(255)).nullable().default(null);
const Details = z
  .custom<Record<string, unknown>>(isStorableJson, 'must be JSON without NUL, not too deep')
  .pipe(z.record(z.string(), z.json()))
  .default({});
const Moment = z.date().min(new Date('1900-01-01')).max(new Date('9999-12-31'));

/** An address as it was when the order was placed. */
export const OrderAddress = z.strictObject({
  salutation: Text,
  firstName: Text,
  middleName: Text,
  lastName: Text,
  company: Text,
  address1: Text,
  address2: Text,
  address3: Text,
  zipCode: Text,
  city: Text,
  /** ISO 3166-1 alpha-2. */
  iso2Code: Text,
  poBox: Text,
  phone: Text,
  cellPhone: Text,
  email: Text,
  description: Text,
  comment: Text,
});
export type OrderAddress = z.output<typeof OrderAddress>;

export const OrderItemFeed = z.strictObject({
  /** Tells the items of one order apart. */
  key: storable(z.string().min(1).max(64)),
  uuid: z.uuid().optional(),
  sku: storable(z.string().min(1).max(255)),
  name: storable(z.string().min(1).max(255)),
  quantity: z.int32().positive(),
  unitPrice: Amount,
  /** Without it the price of one times the quantity. */
  sumPrice: Amount.optional(),
  /** Percent. */
  taxRate: z.number().min(0).max(100).default(0),
  /** Of the whole quantity. */
  taxAmount: Amount.default(0),
  /** As customers read it: Shipped. */
  state: Text,
  isReturnable: z.boolean().default(false),
  image: storable(z.string().max(2000)).nullable().default(null),
  details: Details,
});

/** An order as the shop tells it; told again, it replaces what was told before. */
export const OrderFeed = z.strictObject({
  reference: storable(z.string().min(1).max(45)),
  uuid: z.uuid().optional(),
  customerReference: Text,
  email: Text,
  store: Text,
  currency: z.string().regex(/^[A-Z]{3}$/),
  priceMode: z.enum(['GROSS_MODE', 'NET_MODE']).default('GROSS_MODE'),
  subtotal: Amount.default(0),
  discountTotal: Amount.default(0),
  expenseTotal: Amount.default(0),
  taxTotal: Amount.default(0),
  grandTotal: Amount.default(0),
  canceledTotal: Amount.default(0),
  remunerationTotal: Amount.default(0),
  billingAddress: OrderAddress.nullable().default(null),
  shippingAddress: OrderAddress.nullable().default(null),
  paymentProvider: Text,
  paymentMethod: Text,
  shipmentMethod: Text,
  shipmentCarrier: Text,
  agentEmail: Text,
  /** Of the company it was placed for. */
  businessUnitId: z.uuid().nullable().default(null),
  isHidden: z.boolean().default(false),
  details: Details,
  createdAt: Moment,
  updatedAt: Moment.optional(),
  items: z
    .array(OrderItemFeed)
    .max(1000)
    .refine((items) => new Set(items.map(({ key }) => key)).size === items.length, 'must have keys of their own'),
});
export type OrderFeed = z.input<typeof OrderFeed>;

/** Orders that are told together; each of them once. */
export const OrdersFeed = z
  .array(OrderFeed)
  .refine(
    (orders) => new Set(orders.map(({ reference }) => reference)).size === orders.length,
    'must be orders of their own',
  );

/** An order as it stands in a list. */
export interface OrderSummary {
  id: string;
  reference: string;
  currency: string;
  priceMode: string;
  subtotal: number;
  discountTotal: number;
  expenseTotal: number;
  taxTotal: number;
  grandTotal: number;
  canceledTotal: number;
  remunerationTotal: number;
  itemStates: string[];
  details: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

export interface OrderItem {
  id: string;
  /** Counted up with every item of every order. */
  number: number;
  itemKey: string;
  sku: string;
  name: string;
  quantity: number;
  unitPrice: number;
  sumPrice: number;
  taxRate: number;
  taxAmount: number;
  state: string | null;
  isReturnable: boolean;
  image: string | null;
  details: Record<string, unknown>;
}

export interface Order extends OrderSummary {
  email: string | null;
  billingAddress: OrderAddress | null;
  /** Null for split shipments. */
  shippingAddress: OrderAddress | null;
  paymentProvider: string | null;
  paymentMethod: string | null;
  shipmentMethod: string | null;
  shipmentCarrier: string | null;
  items: OrderItem[];
}
