import { type App, transact } from '../../platform/app.ts';
import { enqueue, queued } from '../../platform/jobs/job.ts';
import { refuseImpersonation } from '../../platform/impersonation.ts';
import { throwAny } from '../../platform/problem.ts';
import { record } from '../audit/index.ts';
import { issueLink, linkInvalid, readLink, redeemLink } from '../links/index.ts';
import { forgetNetworks, mayAskForMail, mayEmailMailbox } from '../throttle/index.ts';
import { type Customer, emailKey, normalizeEmail } from './customer.ts';
import { holdCustomer } from './hold.ts';
import { applyEffects, assertMay } from './life-cycle.ts';
import { sendEmailChange, sendEmailChanged, sendEmailChangeRequested } from './mails.ts';
import { emailObjections, customerNotFound, emailTaken } from './problems.ts';
import { notifyExistingOwner } from './registered-again.ts';
import { customerByEmail, customerById, isEmailConflict, lockCustomer, updateCustomer } from './queries.ts';

/**
 * Mails a link to the new address; the old one stays until it is used. The address the customer has already asks for nothing.
 *
 * @throws {@link emailInvalid}, {@link emailTaken}, {@link emailTooLong}, several at once if need be; {@link customerNotFound}.
 */
export async function requestEmailChange(app: App, id: string, typed: string): Promise<void> {
  const email = normalizeEmail(typed);
  const customer = await findCustomer(app, id);
  if (customer.email === email) return;
  refuseImpersonation(app);
  throwAny(emailObjections(email, { taken: await isTaken(app, id, email) }));
  if (await mayAskFor(app, customer, email)) await mailLink(app, id, email);
}

/**
 * The same for a page that must not tell whether an address has an account: its owner is told by mail.
 *
 * @throws {@link emailInvalid}, {@link emailTooLong}, {@link customerNotFound}
 */
export async function requestEmailChangeSilently(app: App, id: string, typed: string): Promise<void> {
  const email = normalizeEmail(typed);
  const customer = await findCustomer(app, id);
  if (customer.email === email) return;
  refuseImpersonation(app);
  throwAny(emailObjections(email, { taken: false }));
  // Counted before anything is found out: that no more links are made tells nothing either.
  if (!(await mayAskFor(app, customer, email))) return;
  if (await isTaken(app, id, email)) await pretendLink(app, id, email);
  else await mailLink(app, id, email);
}

/** Both counts go on: that of the customer who asks and that of the mailbox which is to get the email. */
async function mayAskFor(app: App, customer: Customer, email: string): Promise<boolean> {
  const byCustomer = await mayAskForMail(app, customer.email, app.origin.network);
  return (await mayEmailMailbox(app, email)) && byCustomer;
}

async function findCustomer(app: App, id: string): Promise<Customer> {
  const customer = await customerById(app.db, id);
  if (!customer) throw customerNotFound({});
  return customer;
}

async function isTaken(app: App, id: string, email: string): Promise<boolean> {
  const owner = await customerByEmail(app.db, email);
  return owner !== undefined && owner.id !== id;
}

const mailLink = (app: App, id: string, email: string): Promise<void> =>
  transact(app, async (app) => {
    const held = await holdCustomer(app, id);
    await record(app, {
      action: 'customers.email-change-requested',
      customerId: id,
      changes: { email: [held.email, email] },
      job: queued(sendEmailChange, { customerId: id }),
    });
    await issueLink(app, 'email-change', id, email);
    await notifyPresentAddress(app, held);
  });

/** Tells the present address that another one was asked for, with a link that stops it. Bounded with the request. */
async function notifyPresentAddress(app: App, { id, email }: Customer): Promise<void> {
  await issueLink(app, 'email-change-stop', id, email);
  await enqueue(app, sendEmailChangeRequested, { customerId: id, requestedAt: app.now().toISOString() });
}

/** A link that nobody is sent: what the customer sees is the same as for an address that is free. */
const pretendLink = (app: App, id: string, email: string): Promise<void> =>
  transact(app, async (app) => {
    const held = await holdCustomer(app, id);
    await issueLink(app, 'email-change', id, email);
    await notifyPresentAddress(app, held);
    await notifyExistingOwner(app, email);
  });

/**
 * Replaces a customer's address with the one the mailed link was sent to, and tells the old one.
 *
 * @throws {@link linkInvalid}, {@link linkExpired}, or {@link emailTaken} when somebody else took it meanwhile.
 */
export async function confirmEmailChange(app: App, token: string): Promise<Customer> {
  try {
    return await replaceEmail(app, token);
  } catch (error) {
    // Of two who confirm one address at once, both see it free and the unique index lets one have it.
    throw isEmailConflict(error) ? emailTaken({}) : error;
  }
}

const replaceEmail = (app: App, token: string): Promise<Customer> =>
  transact(app, async (app) => {
    // The customer first, then the link, as everybody does: two changes at once cannot wait for each other.
    const { customerId } = await readLink(app, 'email-change', token);
    const before = await lockCustomer(app.db, customerId);
    const { email } = await redeemLink(app, 'email-change', token);
    if (!before || !email) throw linkInvalid({});
    assertMay('change-email', before.state);
    const owner = await customerByEmail(app.db, email);
    if (owner && owner.id !== customerId) throw emailTaken({});
    const now = app.now();
    // Whoever opened the link reads the new mailbox, which confirms the account too.
    const after = await updateCustomer(app.db, customerId, {
      email,
      emailKey: emailKey(email),
      verifiedAt: before.verifiedAt ?? now,
      updatedAt: now,
    });
    if (!after) throw linkInvalid({});
    await applyEffects(app, 'change-email', customerId);
    await forgetNetworks(app, before.email);
    const entryId = await record(app, {
      action: 'customers.email-changed',
      customerId,
      changes: { email: [before.email, email] },
    });
    await enqueue(app, sendEmailChanged, { customerId, entryId });
    return after;
  });
