import { STATUS_CODES } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { type Lifecycle, operations } from './interfaces/operations/index.ts';
import { isPage, pagePaths, storefront } from './interfaces/storefront/index.tsx';
import { decoupled, docs, isApi, resourceTypes, storefrontApi } from './interfaces/storefront-api/index.ts';
import type { App } from './platform/app.ts';
import { fingerprint } from './platform/crypto/token.ts';
import { compressFor, compressible } from './platform/http/compress.ts';
import { type Incoming, incomingOf } from './platform/http/incoming.ts';
import { listen } from './platform/http/listen.ts';
import { withStrictTransport } from './platform/http/strict-transport.ts';
import { startRefused } from './platform/problem.ts';
import { logRequest } from './platform/request-log.ts';
import { traceRequest } from './platform/tracing.ts';

// RFC 9110 renamed it; Node did not, and clients of the Storefront API compare the phrase.
STATUS_CODES[422] = 'Unprocessable Content';

export interface Server {
  /** The port listened on, which is not the configured one where that is 0. */
  port: number;
  readonly lifecycle: Lifecycle;
  /** Says that it is not ready any more, and asks clients to come back over another connection. */
  drain(): void;
  /** Takes no more requests and lets those that run finish. */
  close(): Promise<void>;
}

/**
 * Serves every HTTP interface on one port.
 *
 * @throws {@link startRefused} when the port is taken or may not be used.
 */
export async function startServer(app: App): Promise<Server> {
  const lifecycle = { isDraining: false };
  const { fetch } = await buildHono(app, lifecycle);
  const { HOST, PORT, SHUTDOWN_SECONDS } = app.config;
  const { port, close } = await listen(fetch, HOST, PORT);
  const drain = () => void (lifecycle.isDraining = true);
  return {
    port,
    lifecycle,
    drain,
    close() {
      drain();
      return close(SHUTDOWN_SECONDS);
    },
  };
}

/** The order of interfaces: operators' pages, shopper pages, and the API for everything else, its 404 included. */
async function buildHono(app: App, lifecycle: Lifecycle) {
  const incoming = incomingOf(app.config);
  const assets = await loadAssets(app);
  const maskPath = pathMask(app.config);
  const stylesheets = [...assets.values()].filter(({ type }) => type === 'text/css').map(({ href }) => href);
  const hono = new Hono<{ Bindings: HttpBindings }>();
  hono.all('*', (context) =>
    traceRequest(context.env.incoming.headers, async (trace) => {
      const started = performance.now();
      const request = incoming(context);
      const response = await compressFor(request.header('accept-encoding'), await answer(request));
      const ms = performance.now() - started;
      const { route, method } = request;
      app.metrics.served({ route, method, status: response.status, ms });
      trace.end(method, route, response.status);
      // A client that keeps the connection would use it when it is closed.
      if (lifecycle.isDraining) response.headers.set('Connection', 'close');
      logRequest(app.log, {
        requestId: request.id,
        traceId: trace.traceId,
        method,
        path: maskPath(request.path),
        status: response.status,
        ms: Math.round(ms),
      });
      return response;
    }),
  );
  return hono;

  async function answer(request: Incoming): Promise<Response> {
    const elsewhere = operations(app, request, lifecycle) ?? docs(app, request) ?? decoupled(app, request);
    const asset = assetOf(assets, request.path === '/favicon.ico' ? '/assets/favicon.svg' : request.path);
    if (asset) request.route = request.path;
    const found = asset ?? (elsewhere && (await elsewhere));
    if (found) return withStrictTransport(app.config, found);
    if (wantsPage(request)) return withStrictTransport(app.config, await storefront(app, request, stylesheets));
    return storefrontApi(app, request);
  }
}

/** Whether somebody is to read a page. Where there is none, only a browser is; a program reads what the contract says. */
function wantsPage({ method, path, header }: Incoming): boolean {
  const accept = header('accept') ?? '';
  const reads = method === 'GET' || method === 'HEAD';
  if (method === 'OPTIONS' || (reads && accept === 'application/vnd.api+json')) return false;
  if (isPage(path)) return true;
  return reads && /text\/html|application\/xhtml/i.test(accept) && !isApi(path);
}

/** Steps of paths that are neither a page's nor a resource's. */
const otherSteps =
  'assets shop.css theme.css favicon.svg favicon.ico .well-known change-password security.txt docs openapi.json health live ready dev mailbox mailbox.json token mine warehouse-tokens';

/**
 * Shows a path with the steps that are ours, and of the others references and ids: people put names, addresses and passwords
 * into paths.
 */
function pathMask({ DECOUPLED_STOREFRONT_AT, DECOUPLED_BACKEND_AT }: App['config']): (path: string) => string {
  const ours = [...pagePaths, ...DECOUPLED_STOREFRONT_AT, ...DECOUPLED_BACKEND_AT].flatMap((path) => path.split('/'));
  const steps = new Set([...ours, ...resourceTypes, ...otherSteps.split(' ')]);
  const isShown = (step: string) =>
    steps.has(step) || /^(?:[A-Za-z]{2}|\w{1,20}--\d{1,18}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.test(step);
  return (path) =>
    path
      .split('/')
      .map((step) => (isShown(step) ? step : '…'))
      .join('/');
}

interface Asset {
  type: 'text/css' | 'image/svg+xml';
  href: string;
  text: string;
}

/** Style sheets and the icon by path; their addresses change with their content, so that browsers may keep them. */
async function loadAssets({ config }: App): Promise<Map<string, Asset>> {
  const files = new Map([
    ['/assets/shop.css', new URL('../assets/styles/shop.css', import.meta.url).pathname],
    ['/assets/favicon.svg', new URL('../assets/favicon.svg', import.meta.url).pathname],
  ]);
  if (config.THEME_CSS) files.set('/assets/theme.css', config.THEME_CSS);
  const assets = new Map<string, Asset>();
  for (const [path, file] of files) {
    const text = await readFile(file, 'utf8').catch((error: Error) => {
      throw startRefused({ reason: `An asset cannot be read: ${error.message}` });
    });
    const type = path.endsWith('.svg') ? 'image/svg+xml' : 'text/css';
    assets.set(path, { type, text, href: `${path}?v=${fingerprint(text).slice(0, 12)}` });
  }
  return assets;
}

function assetOf(assets: ReadonlyMap<string, Asset>, path: string): Response | undefined {
  const asset = assets.get(path);
  if (!asset) return undefined;
  const response = new Response(asset.text, {
    headers: {
      'Content-Type': `${asset.type}; charset=utf-8`,
      // Pages name the icon without its version.
      'Cache-Control': asset.type === 'text/css' ? 'public, max-age=31536000, immutable' : 'public, max-age=86400',
      'X-Content-Type-Options': 'nosniff',
    },
  });
  return compressible(response, asset.text, asset.text);
}
