import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testConfig } from '../../../test/settings.ts';
import { openMailer } from './mailer.ts';

/** What a mail server received, and whether it takes mails at all. */
const received: string[] = [];
let refusing = false;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo: (_address, _session, done) => done(refusing ? new Error('no such mailbox') : null),
  onData(stream, _session, done) {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    stream.on('end', () => {
      received.push(text);
      done();
    });
  },
});
beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening())));
afterAll(() => new Promise<void>((closed) => server.close(() => closed())));

function mailer() {
  const { port } = server.server.address() as AddressInfo;
  const config = testConfig({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Shop <shop@example.org>' });
  // Where there is a mail server the database is not asked.
  return openMailer(config, {} as never, () => new Date());
}

const mail = {
  to: { name: 'Ida "X" Noor, x@example.org', address: 'ida@example.org' },
  subject: 'Hello\r\nBcc: victim@example.org',
  text: 'plain words',
  html: '<p>formatted words</p>',
};

test('a mail goes to one reader, as text and HTML, and a subject begins no other header', async () => {
  const { send, close } = mailer();
  await send(mail);
  close();

  const [text = ''] = received;
  expect(text).toMatch(/^To: .*<ida@example\.org>$/m);
  expect(text).toMatch(/^Subject: Hello Bcc: victim@example\.org$/m);
  expect(text).not.toMatch(/^Bcc:/m);
  expect(text).toContain('plain words');
  expect(text).toContain('formatted words');
});

test('a server that refuses is an error, so that the job is tried again', async () => {
  refusing = true;
  const { send, close } = mailer();

  await expect(send(mail)).rejects.toThrow(/no such mailbox/);
  close();
});
