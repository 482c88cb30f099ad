import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { App } from '../../platform/app.ts';
import { compressible } from '../../platform/http/compress.ts';
import type { Incoming } from '../../platform/http/incoming.ts';
import { openApi } from './openapi/document.ts';
import type { Resource } from './resource.ts';

/** The browser's part comes with a package; nothing is loaded from elsewhere. */
const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const types: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Storefront API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<noscript>This page needs JavaScript; the document itself is at <a href="/docs/openapi.json">/docs/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** Where there is a demo shop, whom to log in as. */
const DEMO =
  ' In the demo shop log in as `anna.bergmann@example.org`, or as the agent `agent@example.org`, both with `Demo-Shopper-2026`.';

/** Everything folded, ready to be tried. A token is forgotten with the page. */
const start = `window.SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#api',
  docExpansion: 'none',
  tryItOutEnabled: true,
  filter: true,
});
`;

const headers = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
};

/** A name lets a body that never changes be compressed once. */
const send = (body: string | Uint8Array<ArrayBuffer>, type: string, name?: string) => {
  const response = new Response(body, { headers: { ...headers, 'Content-Type': type, 'Cache-Control': 'no-cache' } });
  return type.startsWith('image/') ? response : compressible(response, body, name);
};

/** `/docs`: the API described, to be read and tried; undefined for other paths. */
export async function answerDocs(
  app: App,
  incoming: Incoming,
  resources: readonly Resource[],
): Promise<Response | undefined> {
  const { method, path } = incoming;
  const file = /^\/docs(?:\/([\w.-]*))?$/.exec(path);
  if (!file || method !== 'GET' || !app.config.API_DOCS) return undefined;
  const [, name = ''] = file;
  incoming.route = '/docs/{file}';
  if (name === '') return send(page, 'text/html; charset=utf-8');
  if (name === 'start.js') return send(start, 'text/javascript; charset=utf-8');
  if (name === 'openapi.json') {
    const document = await description(app, resources);
    return send(document, 'application/json', document);
  }
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  return type ? send(new Uint8Array(await readFile(join(folder, name))), type, `docs/${name}`) : undefined;
}

/** The document as text, made once. Where the page is, the API is: what is tried there goes nowhere else. */
async function description({ config, memory }: App, resources: readonly Resource[]): Promise<string> {
  const { text } = await memory.recall('openapi', Number.MAX_SAFE_INTEGER, async () => {
    const prefix = (places: readonly string[]) => places.find((place) => place.startsWith('/')) ?? '';
    const places = { storefront: prefix(config.DECOUPLED_STOREFRONT_AT), backend: prefix(config.DECOUPLED_BACKEND_AT) };
    return { text: JSON.stringify(openApi(resources, '/', places, config.DEMO_DATA ? DEMO : '')) };
  });
  return text;
}
