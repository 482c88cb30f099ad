import type { App } from '../../platform/app.ts';
import type { Db } from '../../platform/database/open.ts';
import { numberAtEnd } from '../../platform/import/highest-number.ts';
import { drawReferences, raiseNumberIfBehind, type ReferencePattern, startNumbersAbove } from './reference-queries.ts';

/** How the references of new customers of a store look: `DE--22`. */
export function referencePattern({ config }: Pick<App, 'config'>, store: string): ReferencePattern {
  return {
    prefix: `${config.CUSTOMER_REFERENCE_PREFIX || store}-${config.CUSTOMER_REFERENCE_ENVIRONMENT}-`,
    padding: config.CUSTOMER_REFERENCE_PADDING,
    stepMin: config.CUSTOMER_REFERENCE_STEP_MIN,
    stepMax: config.CUSTOMER_REFERENCE_STEP_MAX,
  };
}

/**
 * A new public identifier. Draw it in the transaction that stores it, so that an import that brings references waits for
 * it to be stored; registrations never wait for each other. Its number is lost if the transaction is rolled back.
 */
export async function nextReference(app: App, store: string): Promise<string> {
  const [reference] = await drawReferences(app.db, referencePattern(app, store), 1);
  if (reference === undefined) throw new Error('no reference was drawn');
  return reference;
}

/** Lets new references go on after those that orders name. Call it before the transaction that stores them. */
export async function reserveReferences(db: Db, references: Iterable<string>): Promise<void> {
  let highest = 0;
  for (const reference of references) highest = Math.max(highest, numberAtEnd(reference));
  if (highest > 0) await raiseNumberIfBehind(db, highest);
}

/** Lets new references start above `CUSTOMER_REFERENCE_OFFSET`. */
export async function applyReferenceOffset({ config, db }: Pick<App, 'config' | 'db'>): Promise<void> {
  if (config.CUSTOMER_REFERENCE_OFFSET > 0) await startNumbersAbove(db, config.CUSTOMER_REFERENCE_OFFSET);
}
