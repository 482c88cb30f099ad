import type { App } from '../../platform/app.ts';
import type { Db } from '../../platform/database/open.ts';
import { numberAtEnd } from '../../platform/import/highest-number.ts';
import { drawReferences, raiseNumber } from './queries.ts';

/** What stands before the number of a new reference. The hyphens enclose an environment that the reference product leaves empty. */
export const referencePrefix = (app: Pick<App, 'config'>, store: string): string =>
  `${app.config.CUSTOMER_REFERENCE_PREFIX || store}--`;

/** A new public identifier: `DE--22`. */
export async function nextReference(app: App, store: string): Promise<string> {
  const [reference] = await drawReferences(app.db, referencePrefix(app, store), 1);
  if (reference === undefined) throw new Error('no reference was drawn');
  return reference;
}

/**
 * Lets new references go on after those that come in from elsewhere.
 *
 * Call it before the transaction that stores them: a registration draws its reference first and inserts afterwards, so
 * a transaction that locked customers and then the counter would wait for one that waits for it.
 */
export async function reserveReferences(db: Db, references: Iterable<string>): Promise<void> {
  let highest = 0;
  for (const reference of references) highest = Math.max(highest, numberAtEnd(reference));
  if (highest > 0) await raiseNumber(db, highest);
}
