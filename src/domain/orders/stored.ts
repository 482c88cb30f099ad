import { z } from 'zod';
import { OrderAddress } from './order.ts';

const Details = z.record(z.string(), z.unknown());

/** What was stored as JSON, as what it is. */
export const asDetails = (stored: unknown): Record<string, unknown> => Details.parse(stored);
export const asAddress = (stored: unknown): OrderAddress | null =>
  stored === null ? null : OrderAddress.parse(stored);
