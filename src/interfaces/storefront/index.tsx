import type { App } from '../../platform/app.ts';
import { isDatabaseAway, isRefusedData, reasonOf } from '../../platform/database/errors.ts';
import { parseForm } from '../../platform/http/form.ts';
import { appFor, bodyTooLarge, type Incoming } from '../../platform/http/incoming.ts';
import { isProblem } from '../../platform/problem.ts';
import { fieldName } from '../../ui/field.tsx';
import { changeEmailPage } from './change-email.tsx';
import { checkInboxPage } from './check-inbox.tsx';
import { confirmPage } from './confirm.tsx';
import { forgottenPage } from './forgotten.tsx';
import { goOn, loginCheckPage, loginPage } from './login.tsx';
import { logoutPage } from './logout.tsx';
import { lostVisit, openVisit } from './open-visit.tsx';
import { overviewPage } from './overview.tsx';
import { placeOf } from './place.ts';
import { profilePage } from './profile.tsx';
import { registerPage } from './register.tsx';
import { resendPage } from './resend.tsx';
import { restorePage } from './restore.tsx';
import { endSessionPage } from './sessions.tsx';
import { stopEmailChangePage } from './stop-email-change.tsx';
import { unlockPage } from './unlock.tsx';
import type { Page, Visit } from './visit.ts';

const list: readonly Page[] = [
  loginPage,
  loginCheckPage,
  logoutPage,
  registerPage,
  checkInboxPage,
  confirmPage,
  resendPage,
  forgottenPage,
  restorePage,
  unlockPage,
  overviewPage,
  profilePage,
  endSessionPage,
  changeEmailPage,
  stopEmailChangePage,
];
const pages = new Map(list.map((page) => [page.path, page]));

/** Where only customers are let in, whatever is there (behaviour 2.0). Links of other storefronts lead here too. */
const isSecured = (path: string): boolean =>
  /^\/(?:customer|wishlist|shopping-list|quote-request|comment|company(?!\/register(?:\/|$))|multi-cart|shared-cart|cart-reorder|order-amendment)(?:\/|$)/.test(
    path,
  );

export const pagePaths: readonly string[] = list.map(({ path }) => path);

/** Whether an address is one of a page rather than of the API. */
export function isPage(path: string): boolean {
  const { path: page } = placeOf(path);
  return page === '/' || pages.has(page);
}

/** Answers a request for a page, in its language; what goes wrong is a page too. Never throws. */
export async function storefront(root: App, incoming: Incoming, stylesheets: readonly string[]): Promise<Response> {
  const app = appFor(root, incoming, 'pages');
  const place = placeOf(incoming.path);
  if (place.path === '/' || pages.has(place.path)) incoming.route = place.path;
  let visit: Visit | undefined;
  let response: Response;
  try {
    visit = await openVisit(app, incoming, place, stylesheets);
    response = await answer(visit, place.path);
  } catch (error) {
    visit ??= lostVisit(app, incoming, place, stylesheets);
    if (isDatabaseAway(error)) app.log.warn({ reason: reasonOf(error), requestId: incoming.id }, 'answered 503');
    response = (isBusy(error) && (await formAgain(visit, place.path))) || trouble(app, visit, error);
  }
  if (isPrivateAddress(incoming, place.path)) response.headers.set('Referrer-Policy', 'no-referrer');
  return response;
}

/** Query parameters that say where to go and in which language; any other may be a secret. */
const publicParameters = new Set(['_store', '_locale', 'target', 'redirectUri']);

/** Whether the address of a page must not be passed on, not even to its own style sheet. */
const isPrivateAddress = ({ query }: Incoming, path: string): boolean =>
  pages.get(path)?.carriesToken === true || [...query.keys()].some((name) => !publicParameters.has(name));

async function answer(visit: Visit, path: string): Promise<Response> {
  const { visitor, incoming, url } = visit;
  if (path === '/') return visit.redirect(visitor ? '/customer/overview' : '/login');
  const page = pages.get(path);
  if (!visitor && (page ? page.secured : isSecured(path)))
    return new Response(null, {
      status: 302,
      headers: { Location: url('/login', { target: path }), 'Cache-Control': 'no-store' },
    });
  if (!page) return notFound(visit);
  const signsIn = incoming.method === 'POST' && page.replacesSession === true;
  // A tab that asked with the id of a session that was just renewed comes this way, with the new one.
  if (page.anonymous && visitor && !signsIn) return goOn(visit);
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return page.get(visit);
  if (incoming.method !== 'POST' || !page.post || !page.forms) return notFound(visit);

  const typed = await readForm(visit, page.forms);
  const isOurs = visit.isToken(typed('_token'), { evenAnonymous: signsIn });
  if (sameOrigin(visit, page) && isOurs) return page.post(visit);

  // The form comes back with what was typed, to be sent once more. Where there is none to show, its page says so.
  visit.failure = 'form.csrf.error.text';
  const again = await page.get(visit);
  if (again.status >= 300 && again.status < 400) {
    return visit.redirect(visitor ? '/customer/overview' : '/login', {
      kind: 'error',
      message: 'form.csrf.error.text',
    });
  }
  return new Response(again.body, { status: 403, headers: again.headers });
}

/** Reads what was typed into the form that was sent. */
async function readForm(visit: Visit, forms: readonly string[]): Promise<(field: string) => string> {
  const form = parseForm(await visit.incoming.text());
  const name = forms.find((name) => form.has(fieldName(name, '_token'))) ?? forms[0] ?? '';
  // NUL can stand in no text column and means nothing in a form.
  const typed = (field: string) => (form.get(fieldName(name, field)) ?? '').replaceAll('\0', '').toWellFormed();
  visit.sent = name;
  visit.typed = typed;
  return typed;
}

/** The form that could not be taken just now, with what was typed; undefined where its page needs the database too. */
async function formAgain(visit: Visit, path: string): Promise<Response | undefined> {
  const page = pages.get(path);
  if (visit.incoming.method !== 'POST' || !page?.forms || (page.secured && !visit.visitor)) return undefined;
  try {
    if (!visit.typed) await readForm(visit, page.forms);
    visit.failure = 'error.503.text';
    const again = await page.get(visit);
    if (again.status >= 300) return undefined;
    const later = new Response(again.body, { status: 503, headers: again.headers });
    later.headers.set('Retry-After', RETRY_SECONDS);
    return later;
  } catch {
    visit.failure = undefined;
    return undefined;
  }
}

/** Browsers say where a form was sent from; what they say must be us. Programs say nothing and have the token. */
function sameOrigin({ incoming, app }: Visit, { carriesToken = false }: Page): boolean {
  const site = incoming.header('sec-fetch-site');
  if (site && site !== 'same-origin' && site !== 'none') return false;
  const origin = incoming.header('origin');
  // A page with `no-referrer` sends its forms with the origin `null` (Fetch, 3.2). Browsers without Sec-Fetch-Site
  // are believed only where a verification token stands beside the form token.
  if (origin === 'null') return site === 'same-origin' || (!site && carriesToken);
  if (!origin || origin === new URL(app.config.PUBLIC_URL).origin) return true;
  // A Host header may be empty or no host at all; it is nobody's origin then.
  return URL.parse(incoming.base)?.host === origin.replace(/^https?:\/\//, '');
}

function notFound(visit: Visit): Response {
  const { t, url, visitor } = visit;
  const home = visitor
    ? { href: url('/customer/overview'), label: t('customer.account.overview') }
    : { href: url('/login'), label: t('customer.login') };
  const body = <Message title={t('error.404.title')} text={t('error.404.text')} link={home} />;
  return visit.render(t('error.404.title'), body, { status: 404 });
}

const RETRY_SECONDS = '5';

/** Whether the same request may well succeed in a moment. */
const isBusy = (error: unknown): boolean => isDatabaseAway(error) || (isProblem(error) && error.kind.status === 503);

function trouble(app: App, visit: Visit, error: unknown): Response {
  const { t, incoming } = visit;
  if (bodyTooLarge.is(error)) {
    const body = <Message title={t('error.413.title')} text={t('error.413.text')} />;
    const large = visit.render(t('error.413.title'), body, { status: 413 });
    large.headers.set('Connection', 'close');
    return large;
  }
  if (isBusy(error)) {
    const body = <Message title={t('error.503.title')} text={t('error.503.text')} />;
    const later = visit.render(t('error.503.title'), body, { status: 503 });
    later.headers.set('Retry-After', RETRY_SECONDS);
    return later;
  }
  app.log.error({ error, requestId: incoming.id }, 'page failed');
  if (isRefusedData(error)) {
    const body = <Message title={t('error.400.title')} text={t('error.400.text')} />;
    return visit.render(t('error.400.title'), body, { status: 400 });
  }
  const body = <Message title={t('error.500.title')} text={t('error.500.text', { id: incoming.id })} />;
  return visit.render(t('error.500.title'), body, { status: 500 });
}

const Message = ({ title, text, link }: { title: string; text: string; link?: { href: string; label: string } }) => (
  <>
    <h1>{title}</h1>
    <p>{text}</p>
    {link && (
      <p>
        <a href={link.href}>{link.label}</a>
      </p>
    )}
  </>
);
