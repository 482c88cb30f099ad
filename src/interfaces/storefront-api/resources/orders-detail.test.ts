import { expect, test } from 'vitest';
import { useApp } from '../../../../test/app.ts';
import { buyer, orderItem } from '../../../../test/orders.ts';
import type { OrderFeed } from '../../../domain/orders/order.ts';

const world = useApp();

const DOMAIN = 'http://shop.test';

/** How the API shows the only order of somebody. */
async function attributesOf(overrides: Partial<OrderFeed>) {
  const { get, told } = await buyer(world, overrides);
  const answer = await get(`/orders/${told[0]?.reference}`);
  expect(answer.status).toBe(200);
  return answer.json.data.attributes;
}

const ADDRESS_KEYS =
  'salutation firstName middleName lastName address1 address2 address3 company city zipCode poBox phone cellPhone description comment email country iso2Code'.split(
    ' ',
  );
const DISCOUNT_KEYS = ['unitAmount', 'sumAmount', 'displayName', 'description', 'voucherCode', 'quantity'];
const EXPENSE_KEYS =
  'type name sumPrice unitGrossPrice sumGrossPrice taxRate unitNetPrice sumNetPrice canceledAmount unitDiscountAmountAggregation sumDiscountAmountAggregation unitTaxAmount sumTaxAmount unitPriceToPayAggregation sumPriceToPayAggregation taxAmountAfterCancellation idShipment idSalesExpense'.split(
    ' ',
  );
/** What an item is where nothing more was told. */
const nothingMore = {
  bundleItemIdentifier: null,
  relatedBundleItemIdentifier: null,
  canceledAmount: 0,
  taxAmountAfterCancellation: null,
  unitProductOptionPriceAggregation: 0,
  sumProductOptionPriceAggregation: 0,
  unitExpensePriceAggregation: 0,
  sumExpensePriceAggregation: null,
  unitDiscountAmountAggregation: 0,
  sumDiscountAmountAggregation: 0,
  unitDiscountAmountFullAggregation: 0,
  sumDiscountAmountFullAggregation: 0,
  calculatedDiscounts: [],
  productOptions: [],
  salesUnit: null,
  amount: null,
  salesOrderItemConfiguration: null,
  salesOrderConfiguredBundle: null,
  salesOrderConfiguredBundleItem: null,
  merchantReference: null,
  productOfferReference: null,
};

test('an order is shown with exactly its attributes', async () => {
  const { get, told } = await buyer(world, {});
  const reference = told[0]?.reference;
  const address = {
    salutation: 'Ms',
    firstName: 'Ida',
    middleName: null,
    lastName: 'Noor',
    address1: 'Julie-Wolfthorn-Straße',
    address2: '1',
    address3: null,
    company: 'Noor AG',
    city: 'Berlin',
    zipCode: '10115',
    poBox: null,
    phone: '+49 30 7654321',
    cellPhone: null,
    description: null,
    comment: null,
    email: null,
    country: 'Germany',
    iso2Code: 'DE',
  };

  const answer = await get(`/orders/${reference}?a=b`);

  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    data: {
      type: 'orders',
      id: reference,
      attributes: {
        createdAt: '2025-11-03 09:15:30.250000',
        currencyIsoCode: 'EUR',
        priceMode: 'GROSS_MODE',
        totals: {
          expenseTotal: 490,
          discountTotal: 1000,
          taxTotal: 1516,
          subtotal: 10_000,
          grandTotal: 9490,
          canceledTotal: 0,
          remunerationTotal: 0,
        },
        itemStates: ['Paid'],
        merchantReferences: [],
        billingAddress: address,
        shippingAddress: { ...address, company: null, address3: '2nd floor' },
        items: [
          {
            ...nothingMore,
            uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
            orderReference: null,
            sku: '052_1',
            name: 'Canon IXUS 1',
            quantity: 2,
            idShipment: expect.any(Number),
            isReturnable: true,
            state: 'Paid',
            unitPrice: 5000,
            sumPrice: 10_000,
            unitGrossPrice: 5000,
            sumGrossPrice: 10_000,
            unitNetPrice: 0,
            sumNetPrice: 0,
            refundableAmount: 10_000,
            taxRate: '19.00',
            taxRateAverageAggregation: '19.00',
            unitTaxAmountFullAggregation: 799,
            sumTaxAmountFullAggregation: 1597,
            unitSubtotalAggregation: 5000,
            sumSubtotalAggregation: 10_000,
            unitPriceToPayAggregation: 5000,
            sumPriceToPayAggregation: 10_000,
            metadata: { superAttributes: [], image: 'https://images.example.org/ixus.jpg' },
          },
        ],
        bundleItems: [],
        expenses: [],
        payments: [{ amount: 9490, paymentProvider: 'Stripe', paymentMethod: 'Invoice' }],
        shipments: [
          {
            shipmentMethodName: 'Express',
            carrierName: 'Parcel Post',
            deliveryTime: null,
            defaultGrossPrice: 0,
            defaultNetPrice: 0,
            currencyIsoCode: 'EUR',
          },
        ],
        calculatedDiscounts: [],
      },
      links: { self: `${DOMAIN}/orders/${reference}?a=b` },
    },
  });
});

test('what is absent is null or empty', async () => {
  const attributes = await attributesOf({
    billingAddress: null,
    shippingAddress: null,
    paymentMethod: null,
    shipmentMethod: null,
    items: [],
  });

  expect(attributes).toMatchObject({
    itemStates: [],
    merchantReferences: [],
    billingAddress: null,
    shippingAddress: null,
    items: [],
    bundleItems: [],
    expenses: [],
    payments: [],
    shipments: [],
    calculatedDiscounts: [],
  });
});

test('lists that are told empty are empty', async () => {
  const details = { payments: [], shipments: [] };

  expect(await attributesOf({ details })).toMatchObject(details);
});

test('an address of which nothing is told has every key', async () => {
  const { billingAddress } = await attributesOf({ billingAddress: {} });

  expect(billingAddress).toEqual(Object.fromEntries(ADDRESS_KEYS.map((key) => [key, null])));
});

test.for([
  ['AT', 'Austria'],
  ['XK', 'Kosovo'],
  ['de', 'de'],
  ['AA', 'AA'],
  ['Nowhere', 'Nowhere'],
])('a country is named after its code: %s is %s', async ([iso2Code = '', country]) => {
  expect((await attributesOf({ billingAddress: { iso2Code } })).billingAddress).toMatchObject({ iso2Code, country });
});

test('in net mode the prices are net', async () => {
  const { items } = await attributesOf({ priceMode: 'NET_MODE', items: [orderItem({ sumPrice: 9_999 })] });

  expect(items[0]).toMatchObject({
    unitPrice: 5000,
    sumPrice: 9999,
    unitGrossPrice: 0,
    sumGrossPrice: 0,
    unitNetPrice: 5000,
    sumNetPrice: 9999,
  });
});

test('what an item tells in so many words counts, and what else it tells is not shown', async () => {
  const told = {
    taxRate: '7.00',
    sumExpensePriceAggregation: 3,
    taxAmountAfterCancellation: 4,
    relatedBundleItemIdentifier: 12,
    unitNetPrice: 4201,
    refundableAmount: 0,
    bundleItemIdentifier: '12',
    merchantReference: 'MER000001',
    productOfferReference: 'offer1',
    taxRateAverageAggregation: '18.50',
    amount: '1.50',
    metadata: { superAttributes: [{ color: 'Black' }], image: 'https://images.example.org/2.jpg' },
    calculatedDiscounts: [
      { unitAmount: 5, sumAmount: 10, displayName: 'Sale', description: null, voucherCode: 'X', quantity: 2 },
    ],
    productOptions: [{ optionGroupName: 'Gift', sku: 'OP_1', optionName: 'Wrapping', price: 500 }],
    salesUnit: { conversion: 1, precision: 100, productMeasurementUnit: { name: 'Metre', code: 'METR' } },
    salesOrderItemConfiguration: { displayData: '{}', configuration: '{}', configuratorKey: 'DATE' },
    salesOrderConfiguredBundle: {
      idSalesOrderConfiguredBundle: 1,
      configurableBundleTemplateUuid: 'u',
      name: 'Bundle',
      quantity: 1,
    },
    salesOrderConfiguredBundleItem: { idSalesOrderConfiguredBundle: 1, configurableBundleTemplateSlotUuid: 's' },
  };

  const { items } = await attributesOf({ items: [orderItem({ details: { ...told, secretMargin: 5 } })] });

  expect(items[0]).toMatchObject(told);
  expect(Object.keys(items[0])).toHaveLength(45);
});

test('what an order tells in its details is shown, each entry with all of its keys', async () => {
  const attributes = await attributesOf({
    details: {
      merchantReferences: ['MER000001', 'MER000002'],
      payments: [{ amount: 5, paymentProvider: 'p', paymentMethod: 'm', card: '4111' }, {}],
      shipments: [{ shipmentMethodName: 'Slow', deliveryTime: 3 }],
      expenses: [{ type: 'SHIPMENT_EXPENSE_TYPE', name: 'Express', sumPrice: 490, sumTaxAmount: 78 }, {}],
      calculatedDiscounts: [{ displayName: '10% off', sumAmount: 1000 }],
      secretMargin: 5,
    },
  });

  expect(attributes.merchantReferences).toEqual(['MER000001', 'MER000002']);
  expect(attributes.payments).toEqual([
    { amount: 5, paymentProvider: 'p', paymentMethod: 'm' },
    { amount: 0, paymentProvider: null, paymentMethod: null },
  ]);
  expect(attributes.shipments).toEqual([
    {
      shipmentMethodName: 'Slow',
      carrierName: null,
      deliveryTime: 3,
      defaultGrossPrice: 0,
      defaultNetPrice: 0,
      currencyIsoCode: null,
    },
  ]);
  expect(attributes.expenses.map(Object.keys)).toEqual([EXPENSE_KEYS, EXPENSE_KEYS]);
  expect(attributes.expenses[0]).toMatchObject({
    type: 'SHIPMENT_EXPENSE_TYPE',
    sumPrice: 490,
    unitGrossPrice: 490,
    sumPriceToPayAggregation: 490,
    sumTaxAmount: 78,
    idSalesExpense: 1,
    canceledAmount: null,
    unitDiscountAmountAggregation: null,
    sumDiscountAmountAggregation: null,
    taxAmountAfterCancellation: null,
  });
  expect(attributes.calculatedDiscounts.map(Object.keys)).toEqual([DISCOUNT_KEYS]);
  expect(JSON.stringify(attributes)).not.toMatch(/secret|4111/);
});

test('a bundle is an item with all of its keys', async () => {
  const { bundleItems, items } = await attributesOf({ details: { bundleItems: [{ sku: 'B-1', name: 'Set' }] } });

  expect(bundleItems[0]).toMatchObject({ sku: 'B-1', name: 'Set', productOptions: [], metadata: { image: null } });
  for (const name of [
    'uuid',
    'orderReference',
    'quantity',
    'state',
    'taxRate',
    'refundableAmount',
    'idShipment',
    'isReturnable',
  ])
    expect([name, bundleItems[0][name]]).toEqual([name, null]);
  expect(Object.keys(bundleItems[0]).toSorted()).toEqual(Object.keys(items[0]).toSorted());
});

test('an expense keeps the number it is told with, and is that of its shipment', async () => {
  const items = ['3', '4'].map((key) => orderItem({ key, details: { idShipment: Number(key) } }));
  const told = [{ idShipment: 4, idSalesExpense: 77 }, { idShipment: 3 }, { idShipment: 5 }, {}];
  const { expenses, items: shown } = await attributesOf({ items, details: { expenses: told } });

  const [three, four] = shown.map(({ idShipment }: { idShipment: number }) => idShipment);
  expect(expenses.map(({ idShipment }: { idShipment: number }) => idShipment)).toEqual([four, three, three, three]);
  expect(expenses[0].idSalesExpense).toBe(77);
});

test('super attributes may be an object, as the reference product has them', async () => {
  const metadata = { superAttributes: { color: 'Blue' }, image: null };

  const { items } = await attributesOf({ items: [orderItem({ details: { metadata } })] });

  expect(items[0].metadata).toEqual(metadata);
});

test('what is told to be null is null', async () => {
  const names = ['unitGrossPrice', 'taxRate', 'isReturnable', 'sumDiscountAmountAggregation', 'bundleItemIdentifier'];
  const nulls = Object.fromEntries(names.map((name) => [name, null]));

  const { items } = await attributesOf({ items: [orderItem({ details: nulls })] });

  expect(items[0]).toMatchObject(nulls);
});

test.for([
  [19, '19.00'],
  [18.5, '18.50'],
  ['7', '7.00'],
  ['7.005', '7.00'],
  [0, '0.00'],
  [null, null],
  ['no rate', '0.00'],
] as const)('a tax rate sent as %j is shown as %j', async ([sent, shown]) => {
  const rates = { taxRate: sent, taxRateAverageAggregation: sent };
  const { expenses, items } = await attributesOf({
    details: { expenses: [{ taxRate: sent }] },
    items: [orderItem({ details: rates })],
  });

  expect([expenses[0].taxRate, items[0].taxRate, items[0].taxRateAverageAggregation]).toEqual([shown, shown, shown]);
});
