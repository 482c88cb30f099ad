import { expect, test } from 'vitest';
import { useApp } from '../../../../test/app.ts';
import { buyer, orderItem } from '../../../../test/orders.ts';

const world = useApp();

const DOMAIN = 'http://shop.test';

test('include=order-shipments tells how an order is sent', async () => {
  const { get, told } = await buyer(world, {});
  const reference = told[0]?.reference;

  const { json } = await get(`/orders/${reference}?include=order-shipments`);

  const { shippingAddress, items } = json.data.attributes;
  const id = String(items[0].idShipment);
  expect(id).toMatch(/^[1-9]\d*$/);
  expect(json.data.relationships).toEqual({ 'order-shipments': { data: [{ type: 'order-shipments', id }] } });
  expect(json.included).toEqual([
    {
      type: 'order-shipments',
      id,
      attributes: {
        shippingAddress,
        methodName: 'Express',
        carrierName: 'Parcel Post',
        requestedDeliveryDate: null,
        itemUuids: [items[0].uuid],
      },
      links: { self: `${DOMAIN}/order-shipments/${id}` },
    },
  ]);
  expect(shippingAddress.city).toBe('Berlin');
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
  const idOf = async ({ reference }: { reference: string }) =>
    String((await get(`/orders/${reference}`)).json.data.attributes.items[0].idShipment);
  const [both, method, address] = await Promise.all(
    [told[0], told[2], told[3]].map((one) => idOf(one ?? { reference: '' })),
  );

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
      itemUuids: [expect.any(String)],
    });
  }
});

test('items of several shipments point to theirs, of which the details may tell more', async () => {
  const items = [7, 9, '7'].map((idShipment, at) => orderItem({ key: String(at), details: { idShipment } }));
  const vienna = { city: 'Wien', iso2Code: 'AT' };
  const orderShipments = [
    { idShipment: 9, requestedDeliveryDate: '2030-12-31', shippingAddress: vienna, carrierName: 'Bike' },
    { idShipment: 11, carrierName: 'Of no item' },
  ];
  const { get, told } = await buyer(world, { items, details: { orderShipments } });

  const { json } = await get(`/orders/${told[0]?.reference}?include=order-shipments`);

  const [one, two, three] = json.data.attributes.items;
  expect(three.idShipment).toBe(one.idShipment);
  expect(json.included).toMatchObject([
    {
      id: String(one.idShipment),
      attributes: {
        carrierName: 'Parcel Post',
        requestedDeliveryDate: null,
        shippingAddress: { city: 'Berlin' },
        itemUuids: [one.uuid, three.uuid],
      },
    },
    {
      id: String(two.idShipment),
      attributes: {
        methodName: 'Express',
        carrierName: 'Bike',
        requestedDeliveryDate: '2030-12-31',
        shippingAddress: { city: 'Wien', country: 'Austria', zipCode: null },
        itemUuids: [two.uuid],
      },
    },
  ]);
});

test('two orders that number their shipments alike have each their own', async () => {
  const sent = (city: string) => ({
    shippingAddress: { city },
    items: [1, 2].map((idShipment) => orderItem({ key: String(idShipment), details: { idShipment } })),
  });
  const { get } = await buyer(world, sent('Berlin'), sent('Wien'));

  const { json } = await get('/orders?include=order-shipments');

  expect(json.included).toHaveLength(4);
  const cityOf = new Map(
    json.included.map((one: { id: string; attributes: { shippingAddress: { city: string } } }) => [
      one.id,
      one.attributes.shippingAddress.city,
    ]),
  );
  const citiesOf = ({ relationships }: { relationships: Record<string, { data: { id: string }[] }> }) =>
    relationships['order-shipments']?.data.map(({ id }) => cityOf.get(id));
  expect(json.data.map(citiesOf).toSorted()).toEqual([
    ['Berlin', 'Berlin'],
    ['Wien', 'Wien'],
  ]);
});

test('what is told of the only shipment is its, numbered or not', async () => {
  const { get, told } = await buyer(world, { details: { orderShipments: [{ idShipment: 1, carrierName: 'Bike' }] } });

  const { json } = await get(`/orders/${told[0]?.reference}?include=order-shipments`);

  expect(json.included).toMatchObject([{ attributes: { carrierName: 'Bike', itemUuids: [expect.any(String)] } }]);
});

test('shipments may be named rather than numbered', async () => {
  const items = ['S-1', 'S-2'].map((idShipment) => orderItem({ key: idShipment, details: { idShipment } }));
  const orderShipments = [{ idShipment: 'S-2', carrierName: 'Bike' }];
  const { get, told } = await buyer(world, { items, details: { orderShipments } });

  const { json } = await get(`/orders/${told[0]?.reference}?include=order-shipments`);

  expect(json.included).toMatchObject([
    { attributes: { carrierName: 'Parcel Post' } },
    { attributes: { carrierName: 'Bike' } },
  ]);
});

test('an order without items was sent all the same', async () => {
  const { get, told } = await buyer(world, { items: [] });
  const reference = told[0]?.reference;

  const { json } = await get(`/orders/${reference}?include=order-shipments`);

  expect(json.included).toMatchObject([{ id: reference, attributes: { carrierName: 'Parcel Post', itemUuids: [] } }]);
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

  for (const path of ['/order-shipments', '/order-shipments/1', `/orders/${reference}/order-shipments`])
    expect((await get(path)).text).toBe('{"errors":[{"status":404,"detail":"Not Found"}]}');
});
