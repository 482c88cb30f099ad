import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { earlier } from '../../platform/clock.ts';
import { enqueue, job } from '../../platform/jobs/job.ts';
import { sendLetter } from '../../platform/mail/send.ts';
import { changesOf } from '../audit/index.ts';
import { issueLink, openLink, renewedLink } from '../links/index.ts';
import { pageUrl, shopLinkUrl } from '../stores/index.ts';
import { firstWithin } from '../throttle/index.ts';
import { type Customer, recipient } from './customer.ts';
import { noteErasure, sendErasureReceipt, sweepErasureReceipts } from './erasure-receipt.ts';
import { customerById } from './queries.ts';

// Mails are composed when they are sent, not when they are queued: a link's token then stands in no table, and the
// letter says what is true at that moment. Templates load with the first mail.

const ofCustomer = z.object({ customerId: z.uuid() });

export const sendConfirmation = job({
  name: 'customers.send-confirmation',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (customer) await mailConfirmation(app, customer);
  },
});

/**
 * Mails the link by which a customer confirms their address. Returns false for one who has nothing to confirm.
 *
 * @param store named in the link
 */
export async function mailConfirmation(app: App, customer: Customer, store = customer.store): Promise<boolean> {
  if (customer.state !== 'unverified') return false;
  const token = await issueLink(app, 'confirm', customer.id);
  const { confirmationLetter } = await import('./mail/letters.tsx');
  const url = await shopLinkUrl(app, { ...customer, store }, 'confirm', token);
  await sendLetter(app, recipient(customer), confirmationLetter(app, customer, url));
  return true;
}

/** Seconds before another confirmation mail goes to the same account. */
const COOL_DOWN_SECONDS = 60;

/** Asked for with an address, known or not: here it is found out, so that asking takes as long for either. */
export const resendConfirmationMail = job({
  name: 'customers.resend-confirmation',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const last = await openLink(app, 'confirm', customerId);
    if (last && last.createdAt > earlier(app.now(), COOL_DOWN_SECONDS)) return;
    if (!(await firstWithin(app, `confirmation ${customerId}`, COOL_DOWN_SECONDS))) return;
    // A job of its own: when the mail server fails, the next try is not held back by the cool-down of this one.
    await enqueue(app, sendConfirmation, { customerId });
  },
});

export const sendWelcome = job({
  name: 'customers.send-welcome',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (!customer) return;
    const { welcomeLetter } = await import('./mail/letters.tsx');
    await sendLetter(
      app,
      recipient(customer),
      welcomeLetter(app, customer, await shopLinkUrl(app, customer, 'sign-in')),
    );
  },
});

export const sendAlreadyRegistered = job({
  name: 'customers.send-already-registered',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (!customer) return;
    // Without double opt-in a link that confirms would leave the password of the first registration.
    if (customer.state === 'unverified' && app.config.DOUBLE_OPT_IN) return sendConfirmation.start(app, { customerId });
    const { alreadyRegisteredLetter } = await import('./mail/letters.tsx');
    await sendLetter(
      app,
      recipient(customer),
      alreadyRegisteredLetter(app, customer, await shopLinkUrl(app, customer, 'forgotten')),
    );
  },
});

export const sendEmailChange = job({
  name: 'customers.send-email-change',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (!customer || customer.state === 'locked') return;
    const link = await renewedLink(app, 'email-change', customerId);
    if (!link?.email) return;
    const { emailChangeLetter } = await import('./mail/letters.tsx');
    const path = '/customer-data-change-request/change-email';
    const url = pageUrl(app, customer, path, { verification_token: link.token });
    await sendLetter(app, { ...recipient(customer), address: link.email }, emailChangeLetter(app, customer, url));
  },
});

/** To the address that is to be replaced, which the link keeps; the change may be confirmed before this is sent. */
export const sendEmailChangeRequested = job({
  name: 'customers.send-email-change-requested',
  payload: ofCustomer.extend({ requestedAt: z.iso.datetime() }),
  async run(app, { customerId, requestedAt }) {
    const customer = await customerById(app.db, customerId);
    if (!customer || customer.state === 'locked') return;
    const link = await renewedLink(app, 'email-change-stop', customerId);
    if (!link?.email) return;
    const { emailChangeRequestedLetter } = await import('./mail/letters.tsx');
    const path = '/customer-data-change-request/stop-email-change';
    const letter = emailChangeRequestedLetter(app, customer, {
      url: pageUrl(app, customer, path, { token: link.token }),
      requestedAt: new Date(requestedAt),
    });
    await sendLetter(app, { ...recipient(customer), address: link.email }, letter);
  },
});

/** The old address is in the audit entry of the change, and is forgotten with it. */
export const sendEmailChanged = job({
  name: 'customers.send-email-changed',
  payload: ofCustomer.extend({ entryId: z.uuid() }),
  async run(app, { customerId, entryId }) {
    const customer = await customerById(app.db, customerId);
    const [oldEmail] = (await changesOf(app.db, entryId))['email'] ?? [];
    if (!customer || typeof oldEmail !== 'string') return;
    const { emailChangedLetter } = await import('./mail/letters.tsx');
    await sendLetter(app, { ...recipient(customer), address: oldEmail }, emailChangedLetter(app, customer));
  },
});

export const customerMails = [
  sendConfirmation,
  resendConfirmationMail,
  sendWelcome,
  sendAlreadyRegistered,
  sendEmailChange,
  sendEmailChangeRequested,
  sendEmailChanged,
  sendErasureReceipt,
  sweepErasureReceipts,
  noteErasure,
];
