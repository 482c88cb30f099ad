import type { ReactElement } from 'react';
import type { App } from '../app.ts';
import { traceStep } from '../tracing.ts';
import type { Mail } from './mailer.ts';
import { recipientName } from './recipient-name.ts';
import { renderMail } from './render.ts';

/** A mail before it is rendered. */
export interface Letter {
  subject: string;
  body: ReactElement;
}

/**
 * Renders a letter and hands it to the mail server. Jobs call it: when it throws, they try again. What it throws names no
 * address: the reason is kept with the job and written to the log, and outlives the customer.
 */
export async function sendLetter(app: App, to: Mail['to'], letter: Letter | Promise<Letter>): Promise<void> {
  const { subject, body } = await letter;
  const rendered = await renderMail(body);
  try {
    await traceStep(
      'email send',
      () => ({}),
      () => app.mailer.send({ to: { ...to, name: recipientName(to.name) }, subject, ...rendered }),
    );
  } catch (error) {
    app.metrics.emailEnded(isRefusal(error) ? 'failed' : 'deferred');
    // oxlint-disable-next-line eslint/preserve-caught-error -- the cause names the address
    throw new Error(withoutAddress(error instanceof Error ? error.message : String(error), to.address));
  }
  app.metrics.emailEnded('sent');
  app.log.info({ subject }, 'mail sent');
}

/** Whether a mail server refused an email for good (a 5xx status); any other failure may pass. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'responseCode' in error && Number(error.responseCode) >= 500;

/** Longest reason that is kept, in characters. */
const REASON_MAX = 500;

/** What a mail server said, without the recipient it most likely repeats: the address, or the part before the @. */
function withoutAddress(reason: string, address: string): string {
  const names = [address, address.slice(0, address.lastIndexOf('@'))].filter((name) => name.length > 2);
  return names
    .reduce(
      (text, name) => text.replaceAll(new RegExp(name.replaceAll(/[^a-z0-9@]/gi, '\\$&'), 'gi'), '…'),
      reason.slice(0, REASON_MAX),
    )
    .replaceAll(/[^\s<>"']{1,64}@[^\s<>"']{1,255}/g, '…');
}
