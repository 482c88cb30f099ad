import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { NewCustomer } from '../src/domain/customers/index.ts';
import type { World } from './app.ts';
import { activeCustomer, PASSWORD } from './builders.ts';

export interface ApiAnswer {
  status: number;
  statusText: string;
  headers: Headers;
  /** The body as it was sent. */
  text: string;
  /** The body as JSON; undefined where it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers have as many shapes as there are resources
  json: any;
}

export interface ApiCall {
  token?: string;
  headers?: Record<string, string>;
  /** `data.attributes`, with the type of the path. */
  attributes?: unknown;
  /** Instead of `attributes`: the whole body, a string as it is. */
  body?: unknown;
}

/** Calls the Storefront API over a socket. The path is sent as it is, not normalised. */
export function api(
  world: World,
  method: string,
  path: string,
  { token, headers = {}, attributes, body }: ApiCall = {},
): Promise<ApiAnswer> {
  const document = attributes === undefined ? body : { data: { type: typeOf(path), attributes } };
  const payload =
    document === undefined ? undefined : typeof document === 'string' ? document : JSON.stringify(document);
  const { hostname, port } = new URL(world.url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method,
        path,
        headers: {
          Accept: 'application/vnd.api+json',
          ...(payload === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }),
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            statusText: incoming.statusMessage ?? '',
            headers: headersOf(incoming.headers),
            text,
            json: parse(text),
          }),
        );
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** The last resource type of a path. */
function typeOf(path: string): string {
  const segments = path.split('?')[0]?.replace(/^\//, '').replace(/\/$/, '').split('/') ?? [];
  return segments[segments.length - (segments.length % 2 === 0 ? 2 : 1)] ?? '';
}

function headersOf(given: NodeJS.Dict<string | string[]>): Headers {
  return new Headers(
    Object.entries(given).flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((one): [string, string] => [name, one])
        : [[name, value ?? ''] as [string, string]],
    ),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Logs a customer in over the API. */
export async function logIn(
  world: World,
  email: string,
  password = PASSWORD,
): Promise<{ accessToken: string; refreshToken: string }> {
  const { status, text, json } = await api(world, 'POST', '/access-tokens', {
    attributes: { username: email, password },
  });
  if (status !== 201) throw new Error(`log-in answered ${status}: ${text}`);
  return json.data.attributes;
}

/** A customer who is logged in over the API. */
export async function loggedIn(world: World, details?: Partial<NewCustomer>) {
  const customer = await activeCustomer(world, details);
  const { accessToken: token, refreshToken } = await logIn(world, customer.email);
  return { ...customer, token, refreshToken, own: `/customers/${customer.reference}` };
}

/** Who somebody logged in is. */
export type LoggedIn = Awaited<ReturnType<typeof loggedIn>>;

/** What an access token says; its subject is JSON. */
// oxlint-disable-next-line typescript/no-explicit-any -- claims differ from token to token
export function claimsOf(accessToken: string): any {
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  return { ...claims, sub: JSON.parse(claims.sub) };
}

/** Sends bytes as they are and reads until the server closes. */
export async function raw(world: World, ...bytes: (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  for (const part of bytes) socket.write(part);
  await once(socket, 'close');
  return answer;
}

/** What an answer is in a word or two: `422/901`, or status and text where it is plain. */
export const verdict = (answer: ApiAnswer): string =>
  answer.json === undefined
    ? `${answer.status} ${answer.text}`
    : errorsOf(answer)
        .map((error, at) => (error.includes('/') ? error : `${error}/${answer.json.errors[at].detail}`))
        .join() || String(answer.status);

/** Headers with which a browser asks whether it may. */
export const preflight = (method: string, headers = 'accept') => ({
  Origin: 'http://app.test',
  'Access-Control-Request-Method': method,
  'Access-Control-Request-Headers': headers,
});

/** `status/code` of every error, as the contract writes them: `422/901`. */
export const errorsOf = ({ json }: ApiAnswer): string[] =>
  (json?.errors ?? []).map(({ status, code }: { status: number; code?: string }) =>
    code ? `${status}/${code}` : String(status),
  );
