import { randomBytes } from 'node:crypto';
import { type App, transact } from '../../platform/app.ts';
import { columnName } from '../../platform/database/names.ts';
import type { DB } from '../../platform/database/tables.ts';
import type { PrivacyHook } from '../../platform/privacy.ts';
import { record } from '../audit/index.ts';
import { forgetNetworks } from '../throttle/index.ts';
import { queueErasureNote, queueErasureReceipt } from './erasure-receipt.ts';
import { applyEffects, assertMay } from './life-cycle.ts';
import type { Customer } from './customer.ts';
import { customerNotFound } from './problems.ts';
import { exportCustomer, lockCustomer, updateCustomer } from './queries.ts';

/**
 * Erases a person and keeps the account's number: every hook of `app.privacy` blanks its own tables. The address is
 * free again, every way in is closed, and a receipt goes to it.
 *
 * @throws {@link customerNotFound}
 */
export async function anonymizeCustomer(app: App, id: string): Promise<void> {
  await transact(app, async (app) => {
    const customer = await lockCustomer(app.db, id);
    if (!customer) throw customerNotFound({});
    assertMay('anonymize', customer.state);
    // First, as the receipt needs what the next line forgets.
    await queueErasureReceipt(app, customer);
    await queueErasureNote(app, id);
    await forgetNetworks(app, customer.email);
    await erase(app, customer);
  });
}

async function erase(app: App, { id, state }: Pick<Customer, 'id' | 'state'>) {
  await applyEffects(app, 'anonymize', id);
  for (const hook of app.privacy) await hook.anonymize(app, id);
  await record(app, { action: 'customers.anonymized', customerId: id, facts: { from: state } });
}

/**
 * Erases the customers of a restored database who were erased after its backup was made, without a second receipt.
 * Returns how many there were.
 */
export async function reapplyErasures(app: App, ids: readonly string[]): Promise<number> {
  let count = 0;
  for (const id of ids)
    await transact(app, async (app) => {
      const customer = await lockCustomer(app.db, id);
      if (!customer || customer.state === 'anonymized') return;
      await forgetNetworks(app, customer.email);
      await erase(app, customer);
      count += 1;
    });
  return count;
}

/**
 * Erases what was entered for accounts that their owners never confirmed, and ends every way into them: another person
 * may have registered them. The accounts stay as rows without an owner, for the caller to give away in the same transaction.
 */
export async function eraseRegistrations(app: App, ids: readonly string[], reason: string): Promise<void> {
  for (const id of ids) {
    await applyEffects(app, 'anonymize', id);
    for (const hook of app.privacy) await hook.anonymize(app, id);
    await record(app, { action: 'customers.registration-erased', customerId: id, facts: { reason } });
  }
}

/** Columns that say something about a person and may be empty: erasing empties them. */
const emptied = {
  salutation: null,
  firstName: null,
  lastName: null,
  company: null,
  gender: null,
  dateOfBirth: null,
  phone: null,
  passwordHash: null,
  lastSignInAt: null,
  registrationContestedAt: null,
} as const satisfies Partial<Record<keyof DB['customer'], null>>;

export const customersPrivacy: PrivacyHook = {
  name: 'customers',
  tables: {
    customer: {
      by: { id: 'id' },
      personal: [...Object.keys(emptied).map(columnName), 'email', 'email_key', 'newsletter'],
      kept: {
        'what the shop calls an account that is no more': [
          'id',
          'number',
          'reference',
          'import_reference',
          'import_run_id',
        ],
        'the shop and the language it was in': ['store', 'locale'],
        'when something happened, not who it was about': [
          'created_at',
          'updated_at',
          'verified_at',
          'terms_accepted_at',
          'locked_at',
          'anonymized_at',
          'password_changed_at',
          'access_ended_at',
        ],
      },
      derived: ['state'],
    },
    erasure_receipt: {
      personal: ['id', 'sealed_address', 'locale', 'store', 'created_at'],
    },
  },
  export: (app, customerId) => exportCustomer(app.db, customerId),
  async anonymize(app, customerId) {
    const part = () => randomBytes(16).toString('hex');
    const email = `${part()}@${part()}.${part()}`;
    const now = app.now();
    await updateCustomer(app.db, customerId, {
      ...emptied,
      email,
      emailKey: email,
      newsletter: false,
      passwordChangedAt: now,
      accessEndedAt: now,
      anonymizedAt: now,
      updatedAt: now,
    });
  },
};
