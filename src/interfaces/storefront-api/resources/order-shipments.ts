import { z } from 'zod';
import { type OrderShipments, shipmentsByIds } from '../../../domain/orders/index.ts';
import { type Item, type Relation, resource } from '../resource.ts';
import { Address, addressOf, listOf, shipmentIdOf } from './order-items.ts';

const Source = z.object({ id: z.string() });
const text = z.string().nullable();

/** `orders?include=order-shipments`: how an order was sent; its items point to it by `idShipment`. */
export const shipmentsOfOrders: Relation = async (app, items) => {
  const ids = items.map(({ source }) => Source.parse(source).id);
  const found = new Map((await shipmentsByIds(app.db, ids)).map((order) => [order.orderId, order]));
  return ids.map((id) => {
    const order = found.get(id);
    return order ? shipmentsOf(order) : [];
  });
};

/** What an order tells of one of its shipments. */
const Told = z.object({
  shippingAddress: z.record(z.string(), z.unknown()).optional().catch(undefined),
  methodName: text.optional().catch(undefined),
  carrierName: text.optional().catch(undefined),
  requestedDeliveryDate: text.catch(null),
});

/** Those that the items or the details name; what is not told of one is as for the whole order. */
function shipmentsOf(order: OrderShipments): Item[] {
  const told = new Map(
    listOf(order.details['orderShipments']).map((one) => [shipmentIdOf(one['idShipment'], order), one]),
  );
  if (!order.shippingAddress && !order.shipmentMethod && told.size === 0) return [];
  const itemsBy = Map.groupBy(order.items, ({ shipment }) => shipmentIdOf(shipment, order));
  const ids = new Set([...itemsBy.keys(), ...told.keys()]);
  if (ids.size === 0) ids.add(order.number);
  return [...ids]
    .toSorted((a, b) => a - b)
    .map((id) => {
      const { shippingAddress, methodName, carrierName, requestedDeliveryDate } = Told.parse(told.get(id) ?? {});
      return {
        type: 'order-shipments',
        id: String(id),
        attributes: {
          shippingAddress: addressOf(shippingAddress ?? order.shippingAddress),
          methodName: methodName ?? order.shipmentMethod,
          carrierName: carrierName ?? order.shipmentCarrier,
          requestedDeliveryDate,
          itemUuids: (itemsBy.get(id) ?? []).map((item) => item.id),
        },
      };
    });
}

/** Only ever included. */
export const orderShipments = resource({
  type: 'order-shipments',
  shows: z.object({
    shippingAddress: Address.nullable(),
    methodName: text,
    carrierName: text,
    requestedDeliveryDate: text,
    itemUuids: z.array(z.string()),
  }),
  operations: [],
});
