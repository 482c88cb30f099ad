import { expect, test } from 'vitest';
import { useApp } from '../../../../test/app.ts';
import { buyer } from '../../../../test/orders.ts';

const world = useApp();

const DOMAIN = 'http://shop.test';

test('include=order-shipments tells how an order is sent', async () => {
  const { get, told } = await buyer(world, {});
  const reference = told[0]?.reference;

  const { json } = await get(`/orders/${reference}?include=order-shipments`);

  const { shippingAddress, items } = json.data.attributes;
  expect(json.data.relationships).toEqual({
    'order-shipments': { data: [{ type: 'order-shipments', id: `${reference}-1` }] },
  });
  expect(json.included).toEqual([
    {
      type: 'order-shipments',
      id: `${reference}-1`,
      attributes: { shippingAddress, methodName: 'Express', carrierName: 'Parcel Post', requestedDeliveryDate: null },
      links: { self: `${DOMAIN}/order-shipments/${reference}-1` },
    },
  ]);
  expect(shippingAddress.city).toBe('Berlin');
  expect(items[0].idShipment).toBe(1);
});

test('each order of a list has its own; an order that is not sent has none', async () => {
  const { get, told, own } = await buyer(
    world,
    {},
    { shippingAddress: null, shipmentMethod: null },
    { shippingAddress: null },
    { shipmentMethod: null, shipmentCarrier: null },
    { isHidden: true },
  );
  const [both, , method, address] = told.map(({ reference }) => `${reference}-1`);

  for (const path of ['/orders', own]) {
    const { json } = await get(`${path}?include=order-shipments`);
    expect(
      json.data.map(({ relationships }: { relationships?: Record<string, { data: { id: string }[] }> }) =>
        relationships?.['order-shipments']?.data.map(({ id }) => id),
      ),
    ).toEqual([[both], undefined, [method], [address]]);
    expect(json.included.map(({ id }: { id: string }) => id)).toEqual([both, method, address]);
    expect(json.included[1].attributes).toEqual({
      shippingAddress: null,
      methodName: 'Express',
      carrierName: 'Parcel Post',
      requestedDeliveryDate: null,
    });
  }
});

test('fields thin shipments out', async () => {
  const { get } = await buyer(world, {});

  const { json } = await get(
    '/orders?include=order-shipments&fields[order-shipments]=methodName,nonsense&fields[orders]=nonsense',
  );

  expect(json.included[0].attributes).toEqual({ methodName: 'Express' });
  expect(json.data[0].attributes).toEqual({});
});

test.for(['', '?include=', '?include=nonsense,items,shipments', '?include=merchants,order-amendments'])(
  'without asking for it nothing is included: /orders%s',
  async (query) => {
    const { get } = await buyer(world, {});

    const { json } = await get(`/orders${query}`);

    expect(Object.keys(json)).toEqual(['data', 'links']);
    expect(Object.keys(json.data[0])).toEqual(['type', 'id', 'attributes', 'links']);
  },
);

test('shipments are reached through their order alone', async () => {
  const { get, told } = await buyer(world, {});
  const reference = told[0]?.reference;

  for (const path of ['/order-shipments', `/order-shipments/${reference}-1`, `/orders/${reference}/order-shipments`])
    expect((await get(path)).text).toBe('{"errors":[{"status":404,"detail":"Not Found"}]}');
});
