import { z } from 'zod';
import { type OrderShipments, shipmentsByIds } from '../../../domain/orders/index.ts';
import { type Item, type Relation, resource } from '../resource.ts';
import { Address, addressOf, listOf, shipmentNumbers } from './order-items.ts';

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

/** Those that the items name; what is not told of one is as for the whole order. */
function shipmentsOf(order: OrderShipments): Item[] {
  const told = listOf(order.details['orderShipments']);
  if (!order.shippingAddress && !order.shipmentMethod && told.length === 0) return [];
  const numberOf = shipmentNumbers(order.items);
  const details = new Map(told.map((one) => [numberOf(one['idShipment']), one]));
  // Where there is one shipment, and one is told of, that is it.
  const only = details.size === 1 ? told[0] : undefined;
  const itemsBy = Map.groupBy(order.items, ({ shipment }) => numberOf(shipment));
  const shipment = (id: string, more: unknown, items: readonly { id: string }[]): Item => {
    const { shippingAddress, methodName, carrierName, requestedDeliveryDate } = Told.parse(more ?? {});
    return {
      type: 'order-shipments',
      id,
      attributes: {
        shippingAddress: addressOf(shippingAddress ?? order.shippingAddress),
        methodName: methodName ?? order.shipmentMethod,
        carrierName: carrierName ?? order.shipmentCarrier,
        requestedDeliveryDate,
        itemUuids: items.map((item) => item.id),
      },
    };
  };
  // An order without items was sent all the same.
  if (itemsBy.size === 0) return [shipment(order.reference, told[0], [])];
  return [...itemsBy].map(([number, items]) =>
    shipment(String(number), details.get(number) ?? (itemsBy.size === 1 ? only : undefined), items),
  );
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
