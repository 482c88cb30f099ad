import { languageOf } from '../../domain/stores/index.ts';
import { rateLimited } from '../../domain/throttle/index.ts';
import { translator } from '../../i18n/index.ts';
import type { App } from '../../platform/app.ts';
import { databaseAway, databaseProblem, dataRefused, reasonOf } from '../../platform/database/errors.ts';
import { compressible } from '../../platform/http/compress.ts';
import { appFor, bodyTooLarge, type Incoming } from '../../platform/http/incoming.ts';
import { strictTransport } from '../../platform/http/strict-transport.ts';
import { overloaded, Problem } from '../../platform/problem.ts';
import { decoupledApi, decoupledPlace } from './decoupled/index.ts';
import { corsHeaders, PREFLIGHT_SECONDS } from './cors.ts';
import { answerDocs } from './docs.ts';
import { envelope } from './envelope.ts';
import { begin, type Exchange } from './exchange.ts';
import { allowedHeaders, check, isToken, run } from './pipeline.ts';
import { pageOf, sparseFields, wordsOf } from './query.ts';
import type { Resource } from './resource.ts';
import { byPath, stepsOf } from './route.ts';
import { addresses } from './resources/addresses.ts';
import { agentAccessTokens, agentCustomerImpersonationAccessTokens, agentCustomerSearch } from './resources/agents.ts';
import {
  availabilityNotifications,
  customerAvailabilityNotifications,
  myAvailabilityNotifications,
} from './resources/availability-notifications.ts';
import { companies } from './resources/companies.ts';
import { companyBusinessUnitAddresses } from './resources/company-business-unit-addresses.ts';
import { companyBusinessUnits } from './resources/company-business-units.ts';
import { companyRoles } from './resources/company-roles.ts';
import { companyUserAccessTokens } from './resources/company-user-access-tokens.ts';
import { companyUsers } from './resources/company-users.ts';
import { customerAccess } from './resources/customer-access.ts';
import { mfaResources } from './resources/mfa.ts';
import { customerOrders, orders } from './resources/orders.ts';
import { orderShipments } from './resources/order-shipments.ts';
import { shopsOwnResources } from './resources/shops-own.ts';
import { stores } from './resources/stores.ts';
import { accessTokens } from './resources/access-tokens.ts';
import { customerConfirmation } from './resources/customer-confirmation.ts';
import { customerForgottenPassword } from './resources/customer-forgotten-password.ts';
import { customerPassword } from './resources/customer-password.ts';
import { customerRestorePassword } from './resources/customer-restore-password.ts';
import { customers } from './resources/customers.ts';
import { refreshTokens } from './resources/refresh-tokens.ts';
import { answerToken } from './resources/token.ts';
import { security } from './security-headers.ts';
import { type WireError, notFound, plain, wireErrors } from './wire-problems.ts';

/** Every resource of the contract; a new one is a file and a line here. */
export const list: readonly Resource[] = [
  accessTokens,
  refreshTokens,
  customers,
  customerConfirmation,
  customerPassword,
  customerForgottenPassword,
  customerRestorePassword,
  addresses,
  orders,
  customerOrders,
  orderShipments,
  customerAccess,
  ...shopsOwnResources,
  stores,
  availabilityNotifications,
  myAvailabilityNotifications,
  customerAvailabilityNotifications,
  agentAccessTokens,
  agentCustomerSearch,
  agentCustomerImpersonationAccessTokens,
  companies,
  companyBusinessUnits,
  companyBusinessUnitAddresses,
  companyRoles,
  companyUsers,
  companyUserAccessTokens,
  ...mfaResources,
];
const resources = byPath(list);

/** Answers a request as the Glue REST API does. Never throws. */
export async function storefrontApi(root: App, incoming: Incoming): Promise<Response> {
  const app = appFor(root, incoming, 'storefront-api');
  let exchange: Exchange | undefined;
  const headers: Record<string, string> = {
    ...security,
    ...strictTransport(app.config),
    'X-Request-Id': incoming.id,
    ...corsHeaders(app.config.CORS_ALLOW_ORIGIN, incoming.header('origin')),
  };
  try {
    exchange = await begin(app, incoming, resources);
    headers['Content-Language'] = exchange.locale;
    if (incoming.method === 'POST' && isToken(incoming)) {
      incoming.route = '/token';
      return await answerToken(app, incoming, headers);
    }
    return incoming.method === 'OPTIONS' ? await preflight(exchange, headers) : await respond(exchange, headers);
  } catch (error) {
    return refuse(app, error, exchange?.locale ?? 'en_US', headers);
  }
}

export const resourceTypes: readonly string[] = list.map(({ type }) => type);

/** Whether a path begins with a resource, so that a browser that opens it is answered as the contract says. */
export const isApi = (path: string): boolean => resources.has(stepsOf(path)[0]?.type ?? '');

/** The description of all of it, at `/docs`; undefined for other paths. */
export const docs = (app: App, incoming: Incoming): Promise<Response | undefined> | undefined =>
  incoming.path.startsWith('/docs') ? answerDocs(app, incoming, list) : undefined;

/** The answer of one of the decoupled applications, where the host or the path is one of theirs. */
export function decoupled(app: App, incoming: Incoming): Promise<Response> | undefined {
  const place = decoupledPlace(app, incoming);
  return place && decoupledApi(app, incoming, place);
}

async function respond(exchange: Exchange, headers: Record<string, string>): Promise<Response> {
  const answer = await run(exchange);
  if ('status' in answer) return new Response(null, { status: answer.status, headers });
  const { app, incoming, route } = exchange;
  const id = route.steps.at(-1)?.id;
  const { path, search, query, method } = incoming;
  const document = await envelope(app, resources, answer.items, {
    domain: app.config.PUBLIC_URL_IS_SET ? app.config.PUBLIC_URL : incoming.base,
    path,
    search,
    method,
    type: route.resource.type,
    id: id || undefined,
    mine: route.resource.mine && id === 'mine',
    include: new Set(search === '' ? [] : wordsOf(query.get('include'))),
    fields: search === '' ? new Map() : sparseFields(query),
    page: answer.page ?? (search === '' ? undefined : pageOf(query)),
    total: answer.total,
  });
  return json(method === 'POST' ? 201 : 200, document, headers);
}

/** Every stage has found the pre-flight in order; there is no operation to run after them. */
async function preflight(exchange: Exchange, headers: Record<string, string>): Promise<Response> {
  await check(exchange);
  headers['access-control-allow-methods'] = [...exchange.route.methods, 'OPTIONS'].join(', ');
  headers['access-control-allow-headers'] = allowedHeaders.join(', ');
  headers['Access-Control-Max-Age'] = String(PREFLIGHT_SECONDS);
  return json(200, { data: [], links: [] }, headers);
}

function refuse(app: App, error: unknown, locale: string, headers: Record<string, string>): Response {
  const thrown = databaseProblem(error) ?? error;
  if (databaseAway.is(thrown))
    app.log.warn({ reason: reasonOf(error), requestId: app.origin.requestId }, 'answered 503');
  if (dataRefused.is(thrown)) app.log.error({ error, requestId: app.origin.requestId }, 'a value was not checked');
  const errors = thrown instanceof Problem ? wireErrors(thrown, translator(languageOf(locale))) : undefined;
  const status = errors?.at(-1)?.status;
  if (!errors || status === undefined) {
    app.log.error({ error, requestId: app.origin.requestId }, 'request failed');
    return new Response('Internal Server Error', {
      status: 500,
      headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' },
    });
  }
  if (bodyTooLarge.is(thrown)) headers['Connection'] = 'close';
  if (overloaded.is(thrown) || databaseAway.is(thrown) || rateLimited.is(thrown))
    headers['Retry-After'] = String(thrown.details.retryAfterSeconds);
  if (plain.is(thrown))
    return new Response(thrown.details.text, {
      status,
      headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' },
    });
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="Access to shop API"';
  // The one error whose members come in the other order.
  if (notFound.is(thrown))
    return json(status, { errors: errors.map(({ status, detail }) => ({ status, detail })) }, headers);
  return json(status, { errors }, headers);
}

function json(status: number, document: object | { errors: WireError[] }, headers: Record<string, string>): Response {
  headers['Content-Type'] = 'application/vnd.api+json';
  const text = JSON.stringify(document);
  return compressible(new Response(text, { status, headers }), text);
}
