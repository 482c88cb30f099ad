import type { App } from '../../platform/app.ts';
import { isUuid } from '../../platform/id.ts';
import { provesSecret } from '../../platform/crypto/secrets.ts';
import type { Incoming } from '../../platform/http/incoming.ts';
import { isKnownHost } from '../../platform/http/known-hosts.ts';
import { type Lifecycle, ready } from './ready.ts';
import { wellKnown, wellKnownPaths } from './well-known.ts';
import { mailbox, mailboxJson, mailboxMail } from './mailbox.tsx';

export { operatorPort } from './metrics.ts';
export type { Lifecycle };

/** Pages for operators and developers, or undefined where the address is none of them. */
export const operations = (
  app: App,
  incoming: Incoming,
  lifecycle: Lifecycle,
): Promise<Response | undefined> | undefined =>
  /^\/(?:health|dev|\.well-known)\//.test(incoming.path) ? answer(app, incoming, lifecycle) : undefined;

const paths = new Set([
  '/health/live',
  '/health/connection',
  '/health/ready',
  '/dev/mailbox',
  '/dev/mailbox.json',
  ...wellKnownPaths,
]);

async function answer(app: App, incoming: Incoming, lifecycle: Lifecycle): Promise<Response | undefined> {
  const { path, method, header } = incoming;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (paths.has(path)) incoming.route = path;
  const known = wellKnown(app, path);
  if (known) return known;
  if (path === '/health/live') return Response.json({ status: 'ok' });
  if (path === '/health/connection') return connection(app, incoming);
  if (path === '/health/ready') return ready(app, lifecycle);
  // Where there is a mail server there is no mailbox, and in production there never is.
  if (app.config.NODE_ENV === 'production' || app.config.SMTP_URL) return undefined;
  if (!path.startsWith('/dev/mailbox')) return undefined;
  if (!isKnownHost(app.config, header('host'))) return unknownHost();
  if (path === '/dev/mailbox') return mailbox(app);
  if (path === '/dev/mailbox.json') return mailboxJson(app);
  const id = /^\/dev\/mailbox\/(.+)$/.exec(path)?.[1] ?? '';
  if (!isUuid(id)) return undefined;
  incoming.route = '/dev/mailbox/{id}';
  return mailboxMail(app, id);
}

const unknownHost = () =>
  new Response('The mailbox answers at localhost and at the host of PUBLIC_URL only.\n', {
    status: 403,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
  });

/** How a request arrived, for `clientele doctor`, which proves that it knows the secret; for anybody else there is nothing. */
function connection(app: App, { header, peer, network }: Incoming): Response | undefined {
  const proof = /^Doctor (\S+)$/.exec(header('authorization') ?? '')?.[1] ?? '';
  if (!provesSecret(app.secrets.doctor, proof, app.now())) return undefined;
  const forwardedFor = header('x-forwarded-for') ?? null;
  return Response.json({ peer, network, forwardedFor }, { headers: { 'Cache-Control': 'no-store' } });
}
