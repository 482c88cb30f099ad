import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { earlier } from '../../platform/clock.ts';
import { decrypt, encrypt } from '../../platform/crypto/secrets.ts';
import { appendToErasureList, erasureListFile } from '../../platform/erasure-list.ts';
import { newId } from '../../platform/id.ts';
import { enqueue, job } from '../../platform/jobs/job.ts';
import { sendLetter } from '../../platform/mail/send.ts';
import type { Customer } from './customer.ts';
import { deleteReceipt, deleteReceiptsBefore, insertReceipt, receiptById } from './receipt-queries.ts';

/** Longer than all tries to send take. */
const KEPT_SECONDS = 86_400;

/**
 * Queues the receipt of an erasure. The customer's row is blank by the time it is sent, so the address waits in a row of
 * the receipt, sealed, and no job, dead letter or audit entry has it.
 */
export async function queueErasureReceipt(
  app: App,
  { email, locale, store }: Pick<Customer, 'email' | 'locale' | 'store'>,
) {
  const id = newId();
  const sealedAddress = encrypt(app.secrets.atRest, email);
  await insertReceipt(app.db, { id, sealedAddress, locale, store, createdAt: app.now() });
  await enqueue(app, sendErasureReceipt, { receiptId: id });
}

export const sendErasureReceipt = job({
  name: 'customers.send-erasure-receipt',
  payload: z.object({ receiptId: z.uuid() }),
  async run(app, { receiptId }) {
    const receipt = await receiptById(app.db, receiptId);
    if (!receipt) return;
    const { erasedLetter } = await import('./mail/letters.tsx');
    const address = decrypt(app.secrets.atRest, receipt.sealedAddress);
    await sendLetter(app, { name: '', address }, erasedLetter(app, receipt));
    await deleteReceipt(app.db, receiptId);
  },
});

/** What could not be sent within a day is forgotten: the address with it. */
export const sweepErasureReceipts = job({
  name: 'customers.sweep-erasure-receipts',
  payload: z.object({}),
  schedule: '11 * * * *',
  async run(app) {
    await deleteReceiptsBefore(app.db, earlier(app.now(), KEPT_SECONDS));
  },
});

/** Queues the note of an erasure: a file has no transactions, and an erasure that was undone must not be in it. */
export async function queueErasureNote(app: App, customerId: string): Promise<void> {
  // Who runs a database server has its tools for backups too.
  if (app.config.DATABASE_URL === undefined) await enqueue(app, noteErasure, { customerId });
}

export const noteErasure = job({
  name: 'customers.note-erasure',
  payload: z.object({ customerId: z.uuid() }),
  run: (app, { customerId }) => appendToErasureList(erasureListFile(app.config), customerId),
});
