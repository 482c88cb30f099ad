import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { App, Origin } from '../app.ts';
import { newId } from '../id.ts';
import { clientAddress, networkOf, trustedProxies } from './network.ts';

export type HttpContext = Context<{ Bindings: HttpBindings }>;

/** A request as interfaces see it: nothing normalised that a contract repeats to the client. */
export interface Incoming {
  readonly id: string;
  readonly method: string;
  /** Path as it was sent, still escaped. */
  readonly path: string;
  /** Query as it was sent, with its `?`, or empty. */
  readonly search: string;
  readonly query: URLSearchParams;
  /** Scheme and host the client used; only for links where none is configured. */
  readonly base: string;
  /** IPv4 address or IPv6 /64. */
  readonly network: string;
  header(name: string): string | undefined;
  text(): Promise<string>;
}

const requestId = /^[\w.-]{8,64}$/;

/** Makes `Incoming` of requests; the list of proxies is read once. */
export function incomingOf(trusted: readonly string[]) {
  const isTrusted = trustedProxies(trusted);
  return (context: HttpContext): Incoming => {
    const { incoming } = context.env;
    const url = incoming.url ?? '/';
    const at = url.indexOf('?');
    const given = context.req.header('x-request-id');
    const address = clientAddress(incoming.socket.remoteAddress ?? '', context.req.header('x-forwarded-for'), isTrusted);
    let query: URLSearchParams | undefined;
    return {
      id: given && requestId.test(given) ? given : newId(),
      method: incoming.method ?? 'GET',
      path: at < 0 ? url : url.slice(0, at),
      search: at < 0 ? '' : url.slice(at),
      get query() {
        query ??= new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
        return query;
      },
      base: `http://${incoming.headers.host ?? 'localhost'}`,
      network: networkOf(address),
      header: (name) => context.req.header(name),
      text: () => context.req.text(),
    };
  };
}

/** The App of one request: its changes are audited with where they came from. */
export function appFor(app: App, { id, network }: Incoming, door: Origin['door'], log = app.log): App {
  return { ...app, log, origin: { door, actor: 'anyone', network, requestId: id } };
}
