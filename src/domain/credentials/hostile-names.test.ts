import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, somebody } from '../../../test/builders.ts';
import { jobs } from '../../app.ts';
import type { App } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import type { Mail } from '../../platform/mail/mailer.ts';
import { record } from '../audit/index.ts';
import { registerCustomer } from '../customers/index.ts';
import { issueLink } from '../links/index.ts';

const world = useApp();

/** Every kind of name that is none is in `platform/mail/recipient-name.test.ts`. */
const hostile = [
  ['You won, claim at http://evil.example', 'Noor'],
  ['Call evil.example', '0900 123456\r\nBcc: eve@evil.example'],
] as const;

/** Runs every job that may email this customer, and returns what was sent. */
async function everyEmail(app: App, customerId: string): Promise<Mail[]> {
  const sent: Mail[] = [];
  const mailer = { send: async (mail: Mail) => void sent.push(mail), close: () => undefined };
  await issueLink(app, 'email-change', customerId, 'new@example.org');
  await issueLink(app, 'email-change-stop', customerId, 'old@example.org');
  const entryId = await record(app, {
    action: 'customers.email-changed',
    customerId,
    changes: { email: ['old@example.org', 'new@example.org'] },
  });
  await world.sql(
    `insert into mfa_method (owner_id, type, state, created_at) values ($1, 'email', 'activated', now())
     on conflict do nothing`,
    [customerId],
  );
  const payload = {
    customerId,
    entryId,
    kind: 'customer',
    id: customerId,
    receiptId: newId(),
    requestedAt: app.now().toISOString(),
  };
  for (const job of jobs.filter(({ name }) => /\bsend-(?!batch)|resend/.test(name))) {
    // Campaigns send the same emails to those they claimed.
    if (!job.name.startsWith('campaigns.')) await job.start({ ...app, mailer }, payload);
  }
  return sent;
}

test('a name that is a link, a domain, a number or a sentence stands in no email', async () => {
  const customers = [await activeCustomer(world), await registerCustomer(world.app, somebody())];
  for (const { id } of customers) {
    for (const [firstName, lastName] of hostile) {
      await world.sql('update customer set first_name = $1, last_name = $2 where id = $3', [firstName, lastName, id]);

      const emails = await everyEmail(world.app, id);

      expect(emails.length).toBeGreaterThan(4);
      for (const { to, subject, text, html } of emails) {
        expect(to.name).toBe('');
        expect(`${subject} ${text} ${html}`).not.toMatch(/evil\.example|claim at|0900 1|Bcc:/i);
        expect(text).toMatch(/^Hello,$/m);
      }
    }
  }
});

test('a plain name stands in the greeting', async () => {
  const { id } = await registerCustomer(world.app, somebody());

  const named = (await everyEmail(world.app, id)).filter(({ to }) => to.name !== '');
  expect(named.length).toBeGreaterThan(4);
  for (const { to, text } of named)
    expect([to.name, text]).toEqual(['Ida Noor', expect.stringContaining('Hello Ida Noor,')]);
});
