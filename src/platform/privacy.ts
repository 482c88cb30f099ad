import type { App } from './app.ts';

/**
 * What becomes of a table's columns when a customer is erased. Together the three are all of its columns: a test compares
 * them with the database, so that a column nobody thought of fails.
 */
export interface TableUse {
  /** The column that finds a customer's rows, and what it holds. Without one the rows are those of another table's rows. */
  readonly by?: Readonly<Record<string, 'id' | 'reference' | 'emailKey'>>;
  /** What says something about the customer: erased, by itself or with its row. */
  readonly personal?: readonly string[];
  /** What stays, by the reason why. */
  readonly kept?: Readonly<Record<string, readonly string[]>>;
  /** What follows from other columns. */
  readonly derived?: readonly string[];
}

/** What a domain that stores personal data owes the person: a copy, and erasing it. Listed in `app.ts`. */
export interface PrivacyHook {
  readonly name: string;
  /** The tables this hook answers for, column by column. */
  readonly tables: Readonly<Record<string, TableUse>>;
  /** Everything stored about the customer, without secrets. */
  export(app: App, customerId: string): Promise<unknown>;
  /** Removes or blanks what identifies the customer, in the transaction of `app`. */
  anonymize(app: App, customerId: string): Promise<void>;
}
