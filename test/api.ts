import { request } from 'node:http';
import type { World } from './app.ts';
import { PASSWORD } from './builders.ts';

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

/** `status/code` of every error, as the contract writes them: `422/901`. */
export const errorsOf = ({ json }: ApiAnswer): string[] =>
  (json?.errors ?? []).map(({ status, code }: { status: number; code?: string }) =>
    code ? `${status}/${code}` : String(status),
  );
