import { createTransport } from 'nodemailer';
import type { Config } from '../config.ts';
import type { Db } from '../database/open.ts';
import { insertMail } from './queries.ts';
import { newId } from '../id.ts';
import { deliverableEmail } from './address.ts';

export interface Mail {
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
}

/** Hands mails over to a mail server, or to the built-in mailbox where there is none. */
export interface Mailer {
  /** @throws when the server refuses; the job that sends tries again. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export function openMailer(config: Config, db: Db, now: () => Date): Mailer {
  if (!config.SMTP_URL) {
    return {
      send: ({ to, subject, text, html }) =>
        insertMail(db, {
          id: newId(),
          to: to.address,
          from: config.MAIL_FROM,
          subject: oneLine(subject),
          text,
          html,
          sentAt: now(),
        }),
      close: () => {},
    };
  }
  const transport = createTransport({
    url: config.SMTP_URL,
    pool: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  });
  return {
    async send({ to, subject, text, html }) {
      // Addresses as objects: nodemailer then never parses a name for further recipients.
      await transport.sendMail({
        from: config.MAIL_FROM,
        to: { name: oneLine(to.name), address: deliverableEmail(to.address) },
        subject: oneLine(subject),
        text,
        html,
      });
    },
    close: () => transport.close(),
  };
}

/** Headers end at a line break; what a person typed must not begin another. */
const oneLine = (text: string) => text.replace(/[\r\n\0]+/g, ' ');
