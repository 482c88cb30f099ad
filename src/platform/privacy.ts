import type { App } from './app.ts';

/** What a domain that stores personal data owes the person: a copy, and forgetting. Listed in `app.ts`. */
export interface PrivacyHook {
  readonly name: string;
  /** The tables this hook answers for. */
  readonly tables: readonly string[];
  /** Everything stored about the customer, without secrets. */
  export(app: App, customerId: string): Promise<unknown>;
  /** Removes or blanks what identifies the customer, in the transaction of `app`. */
  anonymize(app: App, customerId: string): Promise<void>;
}
