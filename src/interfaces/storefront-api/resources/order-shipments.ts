import { z } from 'zod';
import { shipmentsByIds } from '../../../domain/orders/index.ts';
import { type Relation, resource } from '../resource.ts';
import { Address, addressOf } from './order-items.ts';

const Source = z.object({ id: z.string() });

/** `orders?include=order-shipments`: how an order was sent; its items point to it by `idShipment`. */
export const shipmentsOfOrders: Relation = async (app, items) => {
  const ids = items.map(({ source }) => Source.parse(source).id);
  const found = new Map((await shipmentsByIds(app.db, ids)).map((shipment) => [shipment.orderId, shipment]));
  return ids.map((id) => {
    const shipment = found.get(id);
    if (!shipment?.shippingAddress && !shipment?.shipmentMethod) return [];
    return [
      {
        type: 'order-shipments',
        id: `${shipment.reference}-1`,
        attributes: {
          shippingAddress: addressOf(shipment.shippingAddress),
          methodName: shipment.shipmentMethod,
          carrierName: shipment.shipmentCarrier,
          requestedDeliveryDate: null,
        },
      },
    ];
  });
};

/** Only ever included. */
export const orderShipments = resource({
  type: 'order-shipments',
  shows: z.object({
    shippingAddress: Address.nullable(),
    methodName: z.string().nullable(),
    carrierName: z.string().nullable(),
    requestedDeliveryDate: z.string().nullable(),
  }),
  operations: [],
});
