import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { App, Origin } from '../app.ts';
import type { Config } from '../config.ts';
import { newId } from '../id.ts';
import { problem } from '../problem.ts';
import { clientNetwork, trustedProxies } from './network.ts';

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
  /** Address that the connection came from: the client’s, or its last proxy’s. */
  readonly peer: string;
  /**
   * Pattern of the path, `/customers/{id}`, for metrics and traces: whoever answers sets it, from a fixed set. What nobody
   * answers stays {@link UNKNOWN_ROUTE}.
   */
  route: string;
  header(name: string): string | undefined;
  /** @throws {@link bodyTooLarge} before more than the limit is read. */
  text(): Promise<string>;
}

export const bodyTooLarge = problem('http.body-too-large', 413);

export const UNKNOWN_ROUTE = 'unknown';

const requestId = /^[\w.-]{8,64}$/;

/** Makes `Incoming` of requests; the list of proxies is read once. */
export function incomingOf({ TRUSTED_PROXIES, MAX_BODY_BYTES }: Pick<Config, 'TRUSTED_PROXIES' | 'MAX_BODY_BYTES'>) {
  const isTrusted = trustedProxies(TRUSTED_PROXIES);
  return ({ env: { incoming }, req }: HttpContext): Incoming =>
    new HttpRequest(incoming, (name) => req.header(name), isTrusted, MAX_BODY_BYTES);
}

/** Of requests without one; nobody changes the query of a request. */
const NO_QUERY = new URLSearchParams();

/**
 * A class, as an object literal with a getter is a hidden class of its own for each request: a third of a request's memory
 * then survives until the next full garbage collection.
 */
class HttpRequest implements Incoming {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly base: string;
  readonly network: string;
  readonly peer: string;
  route = UNKNOWN_ROUTE;
  readonly header: Incoming['header'];
  readonly text: Incoming['text'];
  #query: URLSearchParams | undefined;

  constructor(
    incoming: HttpBindings['incoming'],
    header: Incoming['header'],
    isTrusted: (address: string) => boolean,
    maxBodyBytes: number,
  ) {
    // Proxies may send the whole address; what counts is the path (RFC 9112, 3.2.2).
    const url = (incoming.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '') || '/';
    const at = url.indexOf('?');
    const given = header('x-request-id');
    this.id = given && requestId.test(given) ? given : newId();
    this.method = incoming.method ?? 'GET';
    this.path = at < 0 ? url : url.slice(0, at);
    this.search = at < 0 ? '' : url.slice(at);
    this.base = `http://${incoming.headers.host ?? 'localhost'}`;
    this.peer = incoming.socket.remoteAddress ?? '';
    this.network = clientNetwork(this.peer, header('x-forwarded-for'), isTrusted);
    this.header = header;
    this.text = () => readBody(incoming, maxBodyBytes);
  }

  get query(): URLSearchParams {
    if (this.search === '') return NO_QUERY;
    this.#query ??= new URLSearchParams(this.search);
    return this.#query;
  }
}

/** The App of one request: its changes are audited with where they came from. */
export function appFor(app: App, { id, network }: Incoming, door: Origin['door'], log = app.log): App {
  return { ...app, log, origin: { door, actor: 'anyone', network, requestId: id } };
}

/** Read here rather than by the framework, which would begin to read bodies that nobody asks for. */
async function readBody(incoming: IncomingMessage | Http2ServerRequest, limit: number): Promise<string> {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw bodyTooLarge({});
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw bodyTooLarge({});
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
