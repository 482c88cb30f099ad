import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { registerCustomer } from '../../domain/customers/index.ts';

interface Received {
  /** Who the envelope is addressed to. */
  to: string[];
  headers: Map<string, string>;
  body: string;
}

/** A mail server that takes every mail, or none. */
const post = { refusing: false, refused: 0, received: [] as Received[] };

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo(_address, _session, answer) {
    if (!post.refusing) return answer();
    post.refused += 1;
    return answer(Object.assign(new Error('No such user'), { responseCode: 550 }));
  },
  onData(stream, { envelope }, answer) {
    void text(stream).then((mail) => {
      post.received.push({ to: envelope.rcptTo.map(({ address }) => address), ...parse(mail) });
      answer();
    });
  },
});
// A client that hangs up is no error of the test.
server.on('error', () => undefined);

const settings: Record<string, string> = { MAIL_FROM: 'Shop <no-reply@shop.test>' };
beforeAll(async () => {
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  settings['SMTP_URL'] = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

const world = useApp(settings);
beforeEach(() => Object.assign(post, { refusing: false, refused: 0, received: [] }));

test('a mail arrives with name, subject, HTML and text', async () => {
  await world.app.mailer.send({
    to: { name: 'Noor, Ida <ida>', address: 'ida@example.org' },
    subject: 'Welcome',
    text: 'Hello in text',
    html: '<p>Hello in <b>HTML</b></p>',
  });

  const [mail, ...others] = post.received;
  expect(others).toEqual([]);
  expect(mail?.to).toEqual(['ida@example.org']);
  expect(mail?.headers.get('from')).toBe('Shop <no-reply@shop.test>');
  expect(mail?.headers.get('to')).toBe('"Noor, Ida <ida>" <ida@example.org>');
  expect(mail?.headers.get('subject')).toBe('Welcome');
  expect(mail?.headers.get('content-type')).toMatch(/^multipart\/alternative;/);
  expect(mail?.body).toMatch(/Content-Type: text\/plain[^]*Hello in text[^]*Content-Type: text\/html[^]*<b>HTML<\/b>/);
});

test('an international domain leaves in Punycode', async () => {
  await world.app.mailer.send({
    to: { name: 'Ida', address: 'Ida@straße.example' },
    subject: 'Welcome',
    text: 'Hello',
    html: '<p>Hello</p>',
  });

  const [mail] = post.received;
  expect(mail?.headers.get('to')).toBe('Ida <Ida@xn--strae-oqa.example>');
});

test('line breaks in a name or a subject begin no header and add no recipient', async () => {
  await world.app.mailer.send({
    to: { name: 'Ida\r\nBcc: eve@example.com', address: 'ida@example.org' },
    subject: 'Welcome\r\nBcc: eve@example.com\nX-Spam: no\0',
    text: 'Hello',
    html: '<p>Hello</p>',
  });

  const [mail] = post.received;
  expect(mail?.to).toEqual(['ida@example.org']);
  expect(mail?.headers.get('to')).toBe('"Ida Bcc: eve@example.com" <ida@example.org>');
  expect(mail?.headers.get('subject')).toBe('Welcome Bcc: eve@example.com X-Spam: no');
  expect([...(mail?.headers.keys() ?? [])]).not.toContain('bcc');
  expect([...(mail?.headers.keys() ?? [])]).not.toContain('x-spam');
});

test('a refused mail is tried twelve times, then kept as a dead letter until somebody queues it again', async () => {
  const { email } = somebody();
  post.refusing = true;
  await registerCustomer(world.app, somebody({ email }));

  for (let tries = 1; tries <= 12; tries += 1) {
    expect(await world.app.queue.failed()).toEqual([]);
    expect(await world.runJobs()).toBe(0);
    expect(post.refused).toBe(tries);
    await world.sql(`update pgboss.job set start_after = now() where state = 'retry'`);
  }
  expect(await world.app.queue.failed()).toMatchObject([
    { name: 'customers.send-confirmation', reason: expect.stringContaining('550 No such user') },
  ]);
  await world.runJobs();
  expect(post.refused).toBe(12);

  post.refusing = false;
  expect(await world.app.queue.retryFailed()).toBe(1);
  await world.runJobs();
  expect(post.received.map(({ to }) => to)).toEqual([[email]]);
  expect(await world.app.queue.failed()).toEqual([]);
});

/** Headers by their name in small letters, with folded lines joined, and the rest as it is. */
function parse(mail: string): Pick<Received, 'headers' | 'body'> {
  const end = mail.indexOf('\r\n\r\n');
  const lines = mail
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), body: mail.slice(end) };
}
