import type { App } from '../../platform/app.ts';
import type { Incoming } from '../../platform/http/incoming.ts';
import { ping } from '../../platform/database/ping.ts';
import { mailbox, mailboxJson, mailboxMail } from './mailbox.tsx';

/** Pages for operators and developers, or undefined where the address is none of them. */
export const operations = (app: App, incoming: Incoming): Promise<Response | undefined> | undefined =>
  /^\/(?:health|dev)\//.test(incoming.path) ? answer(app, incoming) : undefined;

async function answer(app: App, { path, method }: Incoming): Promise<Response | undefined> {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (path === '/health/live') return Response.json({ status: 'ok' });
  if (path === '/health/ready') return ready(app);
  // Where there is a mail server there is no mailbox, and in production there never is.
  if (app.config.NODE_ENV === 'production' || app.config.SMTP_URL) return undefined;
  if (path === '/dev/mailbox') return mailbox(app);
  if (path === '/dev/mailbox.json') return mailboxJson(app);
  const id = /^\/dev\/mailbox\/([0-9a-f-]{36})$/.exec(path)?.[1];
  return id ? mailboxMail(app, id) : undefined;
}

/** Ready is who can answer: the database is reached. */
async function ready(app: App): Promise<Response> {
  try {
    await ping(app.db);
    return Response.json({ status: 'ok', database: 'ok' });
  } catch {
    return Response.json({ status: 'unavailable', database: 'away' }, { status: 503, headers: { 'Retry-After': '5' } });
  }
}
