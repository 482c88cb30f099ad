import { type ContentType, restrictedContent } from '../../domain/guest-access/index.ts';
import { requireMfa } from '../../domain/mfa/index.ts';
import { isBreached, policyOf } from '../../domain/passwords/index.ts';
import { refuseBlocked } from '../../domain/throttle/index.ts';
import { accessTokenInvalid } from '../../domain/tokens/index.ts';
import type { App } from '../../platform/app.ts';
import type { Incoming } from '../../platform/http/incoming.ts';
import { member, parseJson } from '../../platform/json.ts';
import { refuseImpersonation } from '../../platform/impersonation.ts';
import { isProblem, type Problem, throwAny } from '../../platform/problem.ts';
import { type Exchange, nowhere } from './exchange.ts';
import { checkCurrencies, checkPage, pageOf, wordsOf } from './query.ts';
import type { Answer } from './resource.ts';
import { findRoute, type Route, stepsOf } from './route.ts';
import type { Violation } from './rules.ts';
import { bearerAtLogIn, bearerOf, isAgents, originOf } from './who-asks.ts';
import {
  accessTokenMissing,
  agentMissing,
  agentTokenInvalid,
  attributesInvalid,
  guestMissing,
  idMissing,
  identitiesConflict,
  notFound,
  plain,
  postDataInvalid,
  typeInvalid,
} from './wire-problems.ts';

/** What takes no time returns nothing to wait for. */
type Stage = (exchange: Exchange) => Promise<void> | void;

/** The first check that fails decides the error, see docs/glue/requests.md#order-of-the-checks. */
const stages: readonly Stage[] = [
  resolveRoute,
  checkPreflight,
  checkPagination,
  checkHeaders,
  decodeBody,
  applyGuestAccess,
  checkId,
  checkGuest,
  checkLockout,
  checkAgent,
  checkIdentities,
  identify,
  checkImpersonation,
  checkAttributes,
  checkQuery,
  checkUser,
];

/** Runs a request through all stages. Throws the first problem there is. */
export async function check(exchange: Exchange): Promise<void> {
  for (const stage of stages) {
    const pending = stage(exchange);
    if (pending) await pending;
  }
}

/** Checks a request and runs its handler. */
export async function run(exchange: Exchange): Promise<Answer> {
  await check(exchange);
  const { app, route, given, bearer, agent, store, locale, incoming } = exchange;
  const { query } = incoming;
  return route.operation.answer({
    app,
    attributes: undefined,
    given,
    id: route.steps.at(-1)?.id ?? '',
    steps: route.steps,
    bearer,
    agent: agent?.staff,
    store,
    locale,
    page: pageOf(query),
    sort: wordsOf(query.get('sort')),
    query,
    code: incoming.header('x-mfa-code'),
  });
}

/** The one address that is no resource. What is posted there is answered apart; here browsers ask whether they may. */
export const isToken = ({ path }: Incoming): boolean => /^\/token\/?$/.test(path);
const tokenRoute: Route = { ...nowhere, path: '/token', methods: ['POST'] };

function resolveRoute(exchange: Exchange) {
  const { incoming, resources } = exchange;
  const route =
    incoming.method === 'OPTIONS' && isToken(incoming)
      ? tokenRoute
      : findRoute(resources, incoming.method, stepsOf(incoming.path));
  // No resource has versions, so asking for one asks for something that is not there.
  if (!route || /;\s*version=/i.test(incoming.header('content-type') ?? '')) throw notFound({});
  exchange.route = route;
  incoming.route = route.path;
  exchange.audience = route.operation.audience;
}

const preflightHeaders = ['access-control-request-method', 'access-control-request-headers', 'origin'] as const;

/** Request headers a browser may send, see docs/glue/requests.md#cors. */
export const allowedHeaders = [
  'accept',
  'content-type',
  'content-language',
  'accept-language',
  'authorization',
  'X-Anonymous-Customer-Unique-Id',
  'access-control-allow-origin',
] as const;

function checkPreflight({ incoming }: Exchange) {
  if (incoming.method === 'OPTIONS' && !preflightHeaders.every((name) => incoming.header(name))) {
    throw plain({
      status: 501,
      text: `One or more of the required headers (${preflightHeaders.join(', ')}) for the options method are missing.`,
    });
  }
}

function checkPagination({ incoming }: Exchange) {
  if (incoming.search !== '') checkPage(incoming.query);
}

function checkHeaders({ incoming, route }: Exchange) {
  const accept = incoming.header('accept');
  if (accept && /^application\/vnd\.api\+(?!json\b)/i.test(accept))
    throw plain({ status: 415, text: 'Unsupported Media Type' });
  if (incoming.header('content-type')?.trim() === '') throw plain({ status: 415, text: 'Unsupported media type.' });
  if (incoming.method !== 'OPTIONS') return;
  const method = incoming.header('access-control-request-method')?.toUpperCase() ?? '';
  const headers = (incoming.header('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  const known = new Set(allowedHeaders.map((name) => name.toLowerCase()));
  if (![...route.methods, 'OPTIONS'].includes(method) || !headers.filter(Boolean).every((name) => known.has(name)))
    throw plain({ status: 403, text: 'Not allowed.' });
}

const hasBody = ({ incoming: { method } }: Exchange) => method === 'POST' || method === 'PATCH';

async function decodeBody(exchange: Exchange) {
  if (!hasBody(exchange)) return;
  const { incoming, route } = exchange;
  const format = /^application\/vnd\.api\+(\w+)/i.exec(incoming.header('content-type') ?? '')?.[1]?.toLowerCase();
  const body = format === undefined || format === 'json' ? parseJson(await incoming.text()) : undefined;
  const data = member(body, 'data');
  const type = member(data, 'type');
  const attributes = member(data, 'attributes');
  if (type === undefined || type === null || typeof attributes !== 'object' || attributes === null)
    throw postDataInvalid({});
  if (type !== route.resource.type) throw typeInvalid({});
  exchange.given = attributes;
}

/** Content that the shop closes to guests requires a customer, see docs/glue/guests.md. */
function applyGuestAccess(exchange: Exchange) {
  const { content } = exchange.route.resource;
  return content && restrictGuests(exchange, content);
}

async function restrictGuests(exchange: Exchange, content: ContentType) {
  exchange.audience = (await restrictedContent(exchange.app)).has(content) ? 'customer' : 'anyone';
}

function checkId({ incoming: { method }, route }: Exchange) {
  if ((method === 'PATCH' || method === 'DELETE') && !route.steps.every(({ id }) => id)) throw idMissing({});
}

/** Requires the header that names a guest, see docs/glue/requests.md#guests. */
function checkGuest({ route, audience, incoming }: Exchange) {
  if (!route.resource.namesGuests || audience !== 'anyone' || incoming.method === 'OPTIONS') return;
  if (!incoming.header('authorization') && !incoming.header('x-anonymous-customer-unique-id')) throw guestMissing({});
}

/**
 * A blocked account reads so before anything else is wrong with its request. Where nothing is, the log-in itself finds
 * out, in the statement that counts the attempt.
 */
async function checkLockout(exchange: Exchange) {
  const { app, route, given, incoming } = exchange;
  const guess = route.operation.lockout?.(given);
  if (!guess) return;
  const identified = incoming.header('authorization') ?? incoming.header('x-agent-authorization');
  if (!identified && incoming.search === '' && violationsIn(exchange).length === 0) return;
  await refuseBlocked(app, { ...guess, network: incoming.network });
}

/** An incomplete header counts as none. */
function checkAgent(exchange: Exchange) {
  const header = exchange.incoming.header('x-agent-authorization');
  return header && header.trim().split(/\s+/).length >= 2 ? identifyAgent(exchange, header) : undefined;
}

async function identifyAgent(exchange: Exchange, header: string) {
  const { app } = exchange;
  try {
    const bearer = await bearerOf(app, header);
    if (!isAgents(bearer)) throw agentTokenInvalid({});
    exchange.agent = bearer;
  } catch (error) {
    throw accessTokenInvalid.is(error) ? agentTokenInvalid({}) : error;
  }
}

function checkIdentities({ incoming }: Exchange) {
  if (incoming.header('authorization') && incoming.header('x-anonymous-customer-unique-id'))
    throw identitiesConflict({});
}

async function identify(exchange: Exchange) {
  const { app, incoming, audience, agent } = exchange;
  const header = incoming.header('authorization');
  if (header) {
    const bearer = await (exchange.route.operation.lockout
      ? bearerAtLogIn(app, header)
      : bearerOf(app, header, { asksMfa: asksMfa(exchange.route) }));
    exchange.bearer = bearer;
    // Whoever acts for a customer is no agent with that token, only with their own.
    if (bearer && isAgents(bearer) && /^bearer\s/i.test(header)) exchange.agent ??= bearer;
  } else if (
    incoming.method !== 'OPTIONS' &&
    (audience === 'customer' || (audience === 'customer-or-agent' && !agent))
  ) {
    throw accessTokenMissing({});
  } else {
    exchange.bearer = agent;
  }
  if (exchange.bearer) exchange.app = { ...app, origin: originOf(app.origin, exchange.bearer, exchange.agent) };
}

function checkImpersonation({ app, route, incoming }: Exchange) {
  if (incoming.method !== 'OPTIONS' && !route.operation.whileImpersonating) refuseImpersonation(app);
}

function violationsIn({ app, route, given }: Exchange, leaked?: ReadonlySet<string>): Violation[] {
  return route.operation.attributes?.violations(given, policyOf(app.config), leaked) ?? [];
}

function checkAttributes(exchange: Exchange) {
  if (!hasBody(exchange)) return undefined;
  const violations = violationsIn(exchange);
  const passwords = passwordsToLookUp(exchange, violations);
  return passwords.length > 0 ? checkLeaks(exchange, passwords) : refuseViolations(violations);
}

/** Only those that nothing else is wrong with: nobody makes us ask for what is refused anyway. */
function passwordsToLookUp({ app, route, given }: Exchange, violations: readonly Violation[]) {
  const passwords = app.config.BREACH_LOOKUP_URL ? (route.operation.attributes?.toLookUp(given) ?? []) : [];
  return passwords.filter(([field]) => !violations.some((violation) => violation.field === field));
}

async function checkLeaks(exchange: Exchange, passwords: readonly (readonly [field: string, password: string])[]) {
  const leaked = new Set<string>();
  for (const [field, password] of passwords) if (await isBreached(exchange.app, password)) leaked.add(field);
  refuseViolations(violationsIn(exchange, leaked));
}

function refuseViolations(violations: readonly Violation[]): void {
  if (violations.length > 0) throw attributesInvalid({ violations });
}

function checkQuery({ incoming, store }: Exchange) {
  if (incoming.search !== '') checkCurrencies(incoming.query, store);
}

/** Whether an operation asks for a second factor of whoever has one. */
const asksMfa = ({ resource, operation }: Route): boolean => resource.mfa && operation.method !== 'GET';

/** What is wrong with who is asking; all of it is told at once. */
function checkUser({ app, route, bearer, agent, incoming, audience }: Exchange) {
  if (incoming.method === 'OPTIONS') return undefined;
  const { operation, steps } = route;
  const problems: Problem[] = [];
  if (audience === 'agent' && !agent) problems.push(agentMissing({}));
  // The first id of the path, which for `customers` itself is the resource's own.
  if (operation.own && steps[0]?.id !== bearer?.customer?.reference) problems.push(operation.own({}));
  if (asksMfa(route) && bearer?.customer && bearer.hasMfa !== false)
    return checkSecondFactor(app, bearer.customer.id, incoming.header('x-mfa-code'), problems);
  return throwAny(problems);
}

async function checkSecondFactor(app: App, id: string, code: string | undefined, problems: Problem[]) {
  const refused = await problemIn(requireMfa(app, { kind: 'customer', id }, code));
  throwAny(refused ? [...problems, refused] : problems);
}

async function problemIn(work: Promise<void>): Promise<Problem | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}
