import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { job } from '../../platform/jobs/job.ts';
import { sendLetter } from '../../platform/mail/send.ts';
import { issueLink } from '../links/index.ts';
import { type Customer, fullName } from './customer.ts';
import { customerById } from './queries.ts';

// Mails are composed when they are sent, not when they are queued: a link's token then stands in no table, and the
// letter says what is true at that moment. Templates load with the first mail.

const ofCustomer = z.object({ customerId: z.uuid() });

/** A page's address for a mail, in the customer's store and language. */
export function mailUrl(
  app: App,
  customer: Pick<Customer, 'store' | 'locale'>,
  path: string,
  parameters: Record<string, string> = {},
): string {
  const query = new URLSearchParams({
    ...parameters,
    _store: customer.store ?? app.config.DEFAULT_STORE,
    _locale: customer.locale,
  });
  return `${app.config.PUBLIC_URL}${path}?${query.toString()}`;
}

const addressOf = (customer: Customer) => ({ name: fullName(customer), address: customer.email });

export const sendConfirmation = job({
  name: 'customers.send-confirmation',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (customer?.state !== 'unverified') return;
    const token = await issueLink(app, 'confirm', customerId);
    const { confirmationLetter } = await import('./mail/letters.tsx');
    await sendLetter(
      app,
      addressOf(customer),
      confirmationLetter(app, customer, mailUrl(app, customer, '/register/confirm', { token })),
    );
  },
});

export const sendWelcome = job({
  name: 'customers.send-welcome',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (!customer) return;
    const { welcomeLetter } = await import('./mail/letters.tsx');
    await sendLetter(app, addressOf(customer), welcomeLetter(app, customer, mailUrl(app, customer, '/login')));
  },
});

export const sendAlreadyRegistered = job({
  name: 'customers.send-already-registered',
  payload: ofCustomer,
  async run(app, { customerId }) {
    const customer = await customerById(app.db, customerId);
    if (!customer) return;
    if (customer.state === 'unverified') return sendConfirmation.start(app, { customerId });
    const { alreadyRegisteredLetter } = await import('./mail/letters.tsx');
    await sendLetter(
      app,
      addressOf(customer),
      alreadyRegisteredLetter(app, customer, mailUrl(app, customer, '/password/forgotten')),
    );
  },
});

export const sendEmailChange = job({
  name: 'customers.send-email-change',
  payload: z.object({ customerId: z.uuid(), email: z.string() }),
  async run(app, { customerId, email }) {
    const customer = await customerById(app.db, customerId);
    if (!customer || customer.state === 'locked') return;
    const token = await issueLink(app, 'email-change', customerId, email);
    const { emailChangeLetter } = await import('./mail/letters.tsx');
    const url = mailUrl(app, customer, '/customer-data-change-request/change-email', { verification_token: token });
    await sendLetter(app, { name: fullName(customer), address: email }, emailChangeLetter(app, customer, url));
  },
});

export const sendEmailChanged = job({
  name: 'customers.send-email-changed',
  payload: z.object({ customerId: z.uuid(), oldEmail: z.string() }),
  async run(app, { customerId, oldEmail }) {
    const customer = await customerById(app.db, customerId);
    if (!customer) return;
    const { emailChangedLetter } = await import('./mail/letters.tsx');
    await sendLetter(app, { name: fullName(customer), address: oldEmail }, emailChangedLetter(app, customer));
  },
});

/** The one mail that carries the address along: its owner is forgotten by the time it is sent. */
export const sendErased = job({
  name: 'customers.send-erased',
  payload: z.object({ email: z.string(), locale: z.string() }),
  async run(app, { email, locale }) {
    const { erasedLetter } = await import('./mail/letters.tsx');
    await sendLetter(app, { name: '', address: email }, erasedLetter(app, locale));
  },
});

export const customerMails = [
  sendConfirmation,
  sendWelcome,
  sendAlreadyRegistered,
  sendEmailChange,
  sendEmailChanged,
  sendErased,
];
