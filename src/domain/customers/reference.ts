import type { App } from '../../platform/app.ts';
import { nextNumber } from './queries.ts';

/** A new public identifier: `DE--22`. The hyphens enclose an environment that the reference product leaves empty. */
export async function nextReference(app: App, store: string): Promise<string> {
  return `${app.config.CUSTOMER_REFERENCE_PREFIX || store}--${await nextNumber(app.db)}`;
}
