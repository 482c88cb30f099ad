import type { ReactElement } from 'react';
import type { App } from '../app.ts';
import type { Mail } from './mailer.ts';
import { recipientName } from './recipient-name.ts';
import { renderMail } from './render.ts';

/** A mail before it is rendered. */
export interface Letter {
  subject: string;
  body: ReactElement;
}

/** Renders a letter and hands it to the mail server. Jobs call it: when it throws, they try again. */
export async function sendLetter(app: App, to: Mail['to'], { subject, body }: Letter): Promise<void> {
  await app.mailer.send({ to: { ...to, name: recipientName(to.name) }, subject, ...(await renderMail(body)) });
  app.log.info({ subject }, 'mail sent');
}
