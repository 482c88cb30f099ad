import { mfaCodeMissing, type Owner } from '../../../domain/mfa/index.ts';
import { type Bearer, bearerOfToken } from '../../../domain/sign-in/index.ts';
import { accessTokenInvalid } from '../../../domain/tokens/index.ts';
import { chooseLocale, languageOf, storeNamed, type Store, storeUnknown } from '../../../domain/stores/index.ts';
import { rateLimited } from '../../../domain/throttle/index.ts';
import { translator } from '../../../i18n/index.ts';
import type { App } from '../../../platform/app.ts';
import { databaseAway, databaseProblem, dataRefused, reasonOf } from '../../../platform/database/errors.ts';
import { compressible } from '../../../platform/http/compress.ts';
import { appFor, type Incoming } from '../../../platform/http/incoming.ts';
import { overloaded, Problem } from '../../../platform/problem.ts';
import { storeOf } from '../exchange.ts';
import { originOf } from '../who-asks.ts';
import { checkPage, pageOf } from '../query.ts';
import type { Item } from '../resource.ts';
import { unescape } from '../route.ts';
import { mfaActions, mfaItems, runMfa } from '../resources/mfa.ts';
import { textOf } from '../resources/text-of.ts';
import { storeItem } from '../resources/stores.ts';
import { corsHeaders, PREFLIGHT_SECONDS } from '../cors.ts';
import { security } from '../security-headers.ts';
import {
  authorizationIncomplete,
  authorizationMissing,
  filterMalformed,
  headerNotAllowed,
  methodUnknown,
  operationForbidden,
  storeNotFound,
  mfaCustomerMissing,
  mfaUserMissing,
  originMissing,
  parentUnknown,
  resourceUnknown,
  tokenOfAnotherKind,
  wireErrors,
} from '../wire-problems.ts';
import { attributesOf, contentType, type Convention, conventionOf, documentOf, errorsDocument } from './negotiation.ts';
import { grantToken } from './token.ts';

/** One application for customers and one for staff, see docs/glue/applications.md. */
export type Audience = 'customer' | 'staff';

interface Exchange {
  app: App;
  incoming: Incoming;
  audience: Audience;
  convention: Convention;
  store: Store;
  /** Without the prefix of the application. */
  segments: readonly string[];
  /** Whoever is logged in. */
  bearer: Bearer | undefined;
}

/** What a resource answers: items, one object as it is, or nothing. */
type Reply = { items: readonly Item[]; single?: boolean } | { object: Item } | { status: 204 };

type Handler = (exchange: Exchange) => Promise<Reply> | Reply;

const allowedHeaders = ['accept', 'content-type', 'content-language', 'accept-language', 'authorization'];

/** Resources by name and method; both applications have the same ones but for what stands in `onlyFor`. */
const handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  token: {
    POST: async ({ app, audience, incoming, convention }) => {
      const attributes = await grantToken(app, audience, await attributesOf(incoming, convention));
      return { object: { type: 'token', id: null, attributes } };
    },
  },
  stores: { GET: listOrFindStore },
  'warehouse-tokens': {
    POST(exchange) {
      requireBearer(exchange);
      // Nobody works in a warehouse here.
      throw operationForbidden({});
    },
  },
  'multi-factor-auth-types': {
    GET: async (exchange) => ({ items: await mfaItems(exchange.app, ownerOf(exchange, requireBearer(exchange))) }),
  },
  ...Object.fromEntries(
    mfaActions.map((action) => [
      action.type,
      {
        async POST(exchange: Exchange): Promise<Reply> {
          const { app, incoming, convention } = exchange;
          const bearer = requireBearer(exchange);
          const code = incoming.header('x-mfa-code');
          // Where a code has to be there, that comes before who is asking.
          if (action.needsCode && !code?.trim()) throw mfaCodeMissing({});
          const owner = ownerOf(exchange, bearer);
          const type = textOf(await attributesOf(incoming, convention), 'type');
          await runMfa({ ...app, origin: originOf(app.origin, bearer) }, action, { owner, type, code });
          return { status: 204 };
        },
      },
    ]),
  ),
};

/** Those whose items have names of their own. */
const named = new Set(['stores']);

const preflighted: Reply = { status: 204 };

const onlyFor: Readonly<Record<string, Audience>> = { stores: 'customer', 'warehouse-tokens': 'staff' };

/** Answers a request to one of the applications. Never throws. */
export async function decoupledApi(
  root: App,
  incoming: Incoming,
  { audience, path, prefix }: Place,
): Promise<Response> {
  const app = appFor(root, incoming, 'storefront-api');
  const convention = conventionOf(incoming);
  const headers: Record<string, string> = {
    ...security,
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains; preload',
    'X-Request-Id': incoming.id,
    ...corsHeaders(app.config.DECOUPLED_CORS_ALLOW_ORIGIN, incoming.header('origin')),
  };
  const answer = (status: number, body: unknown) => {
    const text = JSON.stringify(body);
    const sent = { ...headers, 'Content-Type': contentType(convention) };
    return compressible(new Response(text, { status, headers: sent }), text);
  };
  let locale = 'en_US';
  try {
    const store = await knownStoreOf(app, incoming);
    locale = chooseLocale(store, incoming.header('accept-language'));
    headers['Content-Language'] = locale;
    const segments = path.split('/').filter(Boolean).map(unescape);
    const exchange = { app, incoming, audience, convention, store, segments, bearer: undefined };
    const handler = route(exchange, headers);
    incoming.route = `${prefix}/${segments[0]}${segments.length > 1 ? '/{id}' : ''}`;
    const reply = handler ? await handler({ ...exchange, bearer: await bearerOf(exchange) }) : preflighted;
    if ('status' in reply) return new Response(null, { status: reply.status, headers });
    const shape = { convention, domain: domainOf(app, incoming, prefix), path, incoming };
    if ('object' in reply)
      return answer(
        200,
        convention === 'plain' ? reply.object.attributes : documentOf([reply.object], { ...shape, single: true }),
      );
    return answer(200, documentOf(reply.items, { ...shape, single: reply.single ?? false }));
  } catch (error) {
    const thrown = databaseProblem(error) ?? error;
    if (databaseAway.is(thrown)) app.log.warn({ reason: reasonOf(error), requestId: incoming.id }, 'answered 503');
    if (dataRefused.is(thrown)) app.log.error({ error, requestId: incoming.id }, 'a value was not checked');
    const errors = thrown instanceof Problem ? wireErrors(thrown, translator(languageOf(locale))) : undefined;
    const status = errors?.at(-1)?.status;
    if (!errors || status === undefined) {
      app.log.error({ error, requestId: incoming.id }, 'request failed');
      return new Response('Internal Server Error', {
        status: 500,
        headers: { ...headers, 'Content-Type': 'text/plain' },
      });
    }
    if (overloaded.is(thrown) || databaseAway.is(thrown) || rateLimited.is(thrown))
      headers['Retry-After'] = String(thrown.details.retryAfterSeconds);
    return answer(status, errorsDocument(errors, convention));
  }
}

/** These applications name an unknown store in words of their own. */
async function knownStoreOf(app: App, incoming: Incoming): Promise<Store> {
  try {
    return await storeOf(app, incoming);
  } catch (error) {
    throw storeUnknown.is(error) ? storeNotFound({}) : error;
  }
}

/** Who answers; nobody has to where a browser only asks whether it may. */
function route({ incoming, segments, audience }: Exchange, headers: Record<string, string>): Handler | undefined {
  const [name = '', id, child] = segments;
  const methods = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (!methods || (onlyFor[name] ?? audience) !== audience) throw resourceUnknown({});
  if (child !== undefined) throw parentUnknown({});
  if (id !== undefined && !named.has(name)) throw resourceUnknown({});
  if (incoming.method === 'OPTIONS') {
    preflight(incoming, Object.keys(methods), headers);
    return undefined;
  }
  const handler = Object.hasOwn(methods, incoming.method) ? methods[incoming.method] : undefined;
  if (!handler) throw methodUnknown({});
  checkQuery(incoming);
  return handler;
}

/** Browsers ask first, from elsewhere. */
function preflight(incoming: Incoming, methods: readonly string[], headers: Record<string, string>): void {
  if (!incoming.header('origin')) throw originMissing({});
  const wanted = (incoming.header('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  if (!wanted.filter(Boolean).every((name) => allowedHeaders.includes(name))) throw headerNotAllowed({});
  headers['Access-Control-Allow-Methods'] = [...methods, 'OPTIONS'].join(', ');
  headers['Access-Control-Allow-Headers'] = allowedHeaders.join(', ');
  headers['Access-Control-Max-Age'] = String(PREFLIGHT_SECONDS);
}

function checkQuery({ query }: Incoming): void {
  const filters = [...query.keys()].flatMap((name) => /^filter\[([^\]]*)\]$/.exec(name)?.slice(1) ?? []);
  if (filters.some((name) => !name.includes('.'))) throw filterMalformed({});
  checkPage(query);
}

async function listOrFindStore({ app, store, segments: [, name], incoming }: Exchange): Promise<Reply> {
  if (name === undefined) {
    const page = pageOf(incoming.query);
    return { items: page ? [storeItem(store)].slice(page.offset, page.offset + page.limit) : [storeItem(store)] };
  }
  const found = await storeNamed(app, name);
  if (!found) throw storeNotFound({});
  return { items: [storeItem(found)], single: true };
}

function requireBearer({ bearer }: Exchange): Bearer {
  if (!bearer) throw authorizationMissing({});
  return bearer;
}

/** Whose second factors they are. */
function ownerOf({ audience }: Exchange, { customer, staff }: Bearer): Owner {
  if (audience === 'customer') {
    if (!customer) throw mfaCustomerMissing({});
    return { kind: 'customer', id: customer.id };
  }
  if (!staff) throw mfaUserMissing({});
  return { kind: 'staff', id: staff.id };
}

/** Checks a token on public paths too, see docs/glue/applications.md#authentication. */
async function bearerOf({ app, incoming, audience }: Exchange): Promise<Bearer | undefined> {
  const header = incoming.header('authorization');
  if (header === undefined || incoming.method === 'OPTIONS') return undefined;
  const [scheme, text, ...rest] = header.trim().split(/\s+/);
  if (!scheme || !text) throw authorizationIncomplete({});
  if (rest.length > 0) throw accessTokenInvalid({});
  const bearer = await bearerOfToken(app, text);
  if (bearer.token.scopes.includes('user') !== (audience === 'staff')) throw tokenOfAnotherKind({});
  return bearer;
}

/** What links begin with: the application's own host, or the shop's address and the prefix. */
function domainOf({ config }: App, { base }: Incoming, prefix: string): string {
  return prefix && config.PUBLIC_URL_IS_SET ? config.PUBLIC_URL + prefix : base + prefix;
}

/** An application, and where in it a request goes. */
export interface Place {
  audience: Audience;
  /** Without the prefix that selected the application. */
  path: string;
  /** Empty where its host did. */
  prefix: string;
}

/**
 * The application a request is for, and its path there: by host, or by the beginning of the path. Undefined for the
 * Storefront REST application, which is everything else.
 */
export function decoupledPlace(app: App, incoming: Incoming): Place | undefined {
  const { DECOUPLED_STOREFRONT_AT, DECOUPLED_BACKEND_AT } = app.config;
  const places = [
    ['customer', DECOUPLED_STOREFRONT_AT],
    ['staff', DECOUPLED_BACKEND_AT],
  ] as const;
  for (const [audience, entries] of places) {
    for (const entry of entries) {
      if (!entry.startsWith('/')) {
        const host = incoming.header('host')?.toLowerCase();
        if (host === entry || host?.replace(/:\d+$/, '') === entry)
          return { audience, path: incoming.path, prefix: '' };
      } else if (incoming.path === entry || incoming.path.startsWith(`${entry}/`)) {
        return { audience, path: incoming.path.slice(entry.length), prefix: entry };
      }
    }
  }
  return undefined;
}
