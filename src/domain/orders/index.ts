export { feedOrders } from './feed.ts';
export { holdOrders, itemColumns, orderColumns, refreshItemStates, totalColumns } from './feed-queries.ts';
export type { Order, OrderAddress, OrderItem, OrderSummary } from './order.ts';
export { orderFeedRefused, orderNotFound } from './problems.ts';
export { giveOrders, holdOwners, keptOwner } from './owner-queries.ts';
export { ordersPrivacy } from './privacy.ts';
export { orderByReference, type OrderShipments, shipmentsByIds } from './queries.ts';
export { listOrders, type OrderSearch } from './search.ts';
