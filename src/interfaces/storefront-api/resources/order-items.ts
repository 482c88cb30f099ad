import { z } from 'zod';
import { countryName, isCountry } from '../../../domain/addresses/index.ts';
import type { Order, OrderAddress, OrderItem, OrderSummary } from '../../../domain/orders/index.ts';
import { isStorableJson } from '../../../platform/database/json.ts';
import type { Item } from '../resource.ts';
import { timestamp } from './timestamp.ts';

// Orders are snapshots that the shop sent. What it did not send is null, zero or empty: docs/glue/orders.md#attributes.

const int = z.int().nullable().catch(0);
/** Shops send numbers as such or as text, and read them back the same way. */
const decimal = z
  .union([z.number(), z.string().regex(/^-?\d+(?:\.\d+)?$/)])
  .nullable()
  .catch(0);
/** A tax rate in percent as the reference product writes it, `"19.00"`, whether the shop sent a number or text. */
const taxRate = z.preprocess((value) => {
  const rate = decimal.parse(value);
  return rate === null ? null : Number(rate).toFixed(2);
}, z.string().nullable());
/** What only a part of all shops knows: null where it is not told. */
const known = z.int().nullable().catch(null);
const text = z.string().nullable().catch(null);
const flag = z.boolean().nullable().catch(false);
/** The reference product counts them, other shops name them. */
const identifier = z.union([z.string(), z.int()]).nullable().catch(null);
const many = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).catch([]);

export const Address = z.object({
  salutation: text,
  firstName: text,
  middleName: text,
  lastName: text,
  address1: text,
  address2: text,
  address3: text,
  company: text,
  city: text,
  zipCode: text,
  poBox: text,
  phone: text,
  cellPhone: text,
  description: text,
  comment: text,
  email: text,
  country: text,
  iso2Code: text,
});

const Discount = z.object({
  unitAmount: int,
  sumAmount: int,
  displayName: text,
  description: text,
  voucherCode: text,
  quantity: int,
});

const Expense = z.object({
  type: text,
  name: text,
  sumPrice: int,
  unitGrossPrice: int,
  sumGrossPrice: int,
  taxRate,
  unitNetPrice: int,
  sumNetPrice: int,
  canceledAmount: known,
  unitDiscountAmountAggregation: known,
  sumDiscountAmountAggregation: known,
  unitTaxAmount: int,
  sumTaxAmount: int,
  unitPriceToPayAggregation: int,
  sumPriceToPayAggregation: int,
  taxAmountAfterCancellation: known,
  idShipment: int,
  idSalesExpense: int,
});

const LineItem = z.object({
  uuid: text,
  orderReference: text,
  sku: text,
  name: text,
  quantity: int,
  bundleItemIdentifier: identifier,
  relatedBundleItemIdentifier: identifier,
  idShipment: int,
  isReturnable: flag,
  state: text,
  unitPrice: int,
  sumPrice: int,
  unitGrossPrice: int,
  sumGrossPrice: int,
  unitNetPrice: int,
  sumNetPrice: int,
  refundableAmount: int,
  canceledAmount: int,
  taxRate,
  taxRateAverageAggregation: taxRate,
  unitTaxAmountFullAggregation: int,
  sumTaxAmountFullAggregation: int,
  taxAmountAfterCancellation: known,
  unitSubtotalAggregation: int,
  sumSubtotalAggregation: int,
  unitProductOptionPriceAggregation: int,
  sumProductOptionPriceAggregation: int,
  unitExpensePriceAggregation: int,
  sumExpensePriceAggregation: known,
  unitDiscountAmountAggregation: int,
  sumDiscountAmountAggregation: int,
  unitDiscountAmountFullAggregation: int,
  sumDiscountAmountFullAggregation: int,
  unitPriceToPayAggregation: int,
  sumPriceToPayAggregation: int,
  metadata: z
    .object({
      superAttributes: z
        .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
        .refine(isStorableJson)
        .catch([]),
      image: text,
    })
    .catch({ superAttributes: [], image: null }),
  calculatedDiscounts: many(Discount),
  productOptions: many(z.object({ optionGroupName: text, sku: text, optionName: text, price: int })),
  salesUnit: z
    .object({
      conversion: decimal,
      precision: int,
      productMeasurementUnit: z.object({ name: text, code: text }).nullable().catch(null),
    })
    .nullable()
    .catch(null),
  amount: z
    .union([z.string(), z.number().transform(String)])
    .pipe(z.string())
    .nullable()
    .catch(null),
  salesOrderItemConfiguration: z
    .object({ displayData: text, configuration: text, configuratorKey: text })
    .nullable()
    .catch(null),
  salesOrderConfiguredBundle: z
    .object({
      idSalesOrderConfiguredBundle: int,
      configurableBundleTemplateUuid: text,
      name: text,
      quantity: int,
    })
    .nullable()
    .catch(null),
  salesOrderConfiguredBundleItem: z
    .object({ idSalesOrderConfiguredBundle: int, configurableBundleTemplateSlotUuid: text })
    .nullable()
    .catch(null),
  merchantReference: text,
  productOfferReference: text,
});

const Payment = z.object({ amount: int, paymentProvider: text, paymentMethod: text });

const Shipment = z.object({
  shipmentMethodName: text,
  carrierName: text,
  deliveryTime: z.int().nullable().catch(null),
  defaultGrossPrice: int,
  defaultNetPrice: int,
  currencyIsoCode: text,
});

const Summary = z.object({
  createdAt: z.string(),
  currencyIsoCode: z.string(),
  priceMode: z.enum(['GROSS_MODE', 'NET_MODE']),
  totals: z.object({
    expenseTotal: int,
    discountTotal: int,
    taxTotal: int,
    subtotal: int,
    grandTotal: int,
    canceledTotal: int,
    remunerationTotal: int,
  }),
  itemStates: z.array(z.string()),
  merchantReferences: many(z.string()),
});

const Extra = z.object({
  billingAddress: Address.nullable(),
  shippingAddress: Address.nullable(),
  items: z.array(LineItem),
  bundleItems: z.array(LineItem),
  expenses: many(Expense),
  payments: many(Payment),
  shipments: many(Shipment),
  calculatedDiscounts: many(Discount),
});

const Detail = Summary.extend(Extra.shape);

/** A list shows the first six of them, one order all; amounts are in minor units. */
export const OrderAttributes = Summary.extend(Extra.partial().shape);

const summaryOf = (order: OrderSummary) => ({
  createdAt: timestamp(order.createdAt),
  currencyIsoCode: order.currency,
  priceMode: order.priceMode,
  totals: {
    expenseTotal: order.expenseTotal,
    discountTotal: order.discountTotal,
    taxTotal: order.taxTotal,
    subtotal: order.subtotal,
    grandTotal: order.grandTotal,
    canceledTotal: order.canceledTotal,
    remunerationTotal: order.remunerationTotal,
  },
  itemStates: order.itemStates,
  merchantReferences: many(z.string()).parse(order.details['merchantReferences']),
});

/** An order in a list. */
export const orderSummaryItem = (order: OrderSummary): Item => ({
  type: 'orders',
  id: order.reference,
  path: `/orders/${order.reference}`,
  attributes: summaryOf(order),
  source: { id: order.id },
});

/** An order with everything that is known of it. */
export function orderItem(order: Order): Item {
  const { details, currency } = order;
  const shipmentOf = shipmentNumbers(
    order.items.map(({ number, details }) => ({ number, shipment: details['idShipment'] })),
  );
  const lines = listOf(details['expenses']);
  const shipping = order.shipmentMethod
    ? [{ shipmentMethodName: order.shipmentMethod, carrierName: order.shipmentCarrier, currencyIsoCode: currency }]
    : [];
  const payment = order.paymentMethod
    ? [{ amount: order.grandTotal, paymentProvider: order.paymentProvider, paymentMethod: order.paymentMethod }]
    : [];
  return {
    ...orderSummaryItem(order),
    attributes: Detail.parse({
      ...summaryOf(order),
      billingAddress: addressOf(order.billingAddress),
      shippingAddress: addressOf(order.shippingAddress),
      items: order.items.map((item) => lineItemOf(order, item, shipmentOf)),
      bundleItems: listOf(details['bundleItems']).map(bundleOf),
      expenses: lines.map((line, at) => ({
        ...expenseOf(line),
        idShipment: shipmentOf(line['idShipment']) ?? order.items[0]?.number,
        idSalesExpense: line['idSalesExpense'] ?? at + 1,
      })),
      payments: details['payments'] ?? payment,
      shipments: details['shipments'] ?? shipping,
      calculatedDiscounts: details['calculatedDiscounts'],
    }),
  };
}

const Listed = z.array(z.record(z.string(), z.unknown()).nullable().catch(null)).catch([]);

/** The objects of a list; whatever else stands in it means nothing. */
export const listOf = (value: unknown) => Listed.parse(value ?? []).filter((entry) => entry !== null);

/** A bundle is told in details alone; what it does not say is null. */
const bundleOf = (told: Record<string, unknown>) => LineItem.parse({ ...bareBundle, ...told });
const bareBundle = Object.fromEntries(Object.keys(LineItem.shape).map((name) => [name, null]));

/**
 * The number of the shipment that a told `idShipment` means: that of its first item, as two orders may tell the same.
 * What says nothing is in a shipment of its own.
 */
export function shipmentNumbers(items: readonly { number: number; shipment: unknown }[]) {
  const first = new Map<string, number>();
  for (const { number, shipment } of items) {
    const key = shipmentKey(shipment);
    first.set(key, Math.min(number, first.get(key) ?? number));
  }
  return (told: unknown): number | undefined => first.get(shipmentKey(told));
}

/** As shops write it, number or text; empty where nothing is told. */
const shipmentKey = (told: unknown): string =>
  z
    .union([z.string(), z.int().transform(String)])
    .catch('')
    .parse(told);

/** The amounts of an expense that were not told are its price, as nothing was taken off it. */
function expenseOf(told: Record<string, unknown>): object {
  const sum = told['sumPrice'] ?? 0;
  return {
    unitGrossPrice: sum,
    sumGrossPrice: sum,
    unitPriceToPayAggregation: sum,
    sumPriceToPayAggregation: sum,
    ...told,
  };
}

/** An address as the shop told it, with the name of its country. */
export function addressOf(told: OrderAddress | Record<string, unknown> | null) {
  if (!told) return null;
  const address = Address.parse(told);
  return { ...address, country: address.iso2Code ? nameOf(address.iso2Code) : address.country };
}

/** A snapshot may hold a code that is no country's; then the code has to do. */
const nameOf = (code: string) => (isCountry(code) ? countryName(code, 'en_US') : code);

function lineItemOf({ priceMode }: Order, item: OrderItem, shipmentOf: ReturnType<typeof shipmentNumbers>) {
  const { unitPrice, sumPrice, quantity, taxRate, taxAmount } = item;
  const [gross, net] = priceMode === 'GROSS_MODE' ? [1, 0] : [0, 1];
  return LineItem.parse({
    quantity,
    isReturnable: item.isReturnable,
    state: item.state,
    unitPrice,
    sumPrice,
    unitGrossPrice: unitPrice * gross,
    sumGrossPrice: sumPrice * gross,
    unitNetPrice: unitPrice * net,
    sumNetPrice: sumPrice * net,
    refundableAmount: item.details['sumPriceToPayAggregation'] ?? sumPrice,
    taxRate,
    taxRateAverageAggregation: taxRate,
    unitTaxAmountFullAggregation: quantity > 0 ? Math.round(taxAmount / quantity) : 0,
    sumTaxAmountFullAggregation: taxAmount,
    unitSubtotalAggregation: unitPrice,
    sumSubtotalAggregation: sumPrice,
    unitPriceToPayAggregation: unitPrice,
    sumPriceToPayAggregation: sumPrice,
    metadata: { superAttributes: [], image: item.image },
    // What the shop told in so many words counts, but for what the item is.
    ...item.details,
    uuid: item.id,
    // The reference product leaves it empty, and tests say so.
    orderReference: null,
    idShipment: shipmentOf(item.details['idShipment']),
    sku: item.sku,
    name: item.name,
  });
}
