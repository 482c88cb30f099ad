import { renderToStaticMarkup } from 'react-dom/server';
import { customerById } from '../../domain/customers/index.ts';
import { resumeSession } from '../../domain/sessions/index.ts';
import { chooseLocale, chooseStore, type Store, storeUnknown } from '../../domain/stores/index.ts';
import { isMessageId, translator } from '../../i18n/index.ts';
import type { App } from '../../platform/app.ts';
import { newToken, sameText, sign } from '../../platform/crypto/token.ts';
import { databaseAway, isConnectionTrouble } from '../../platform/database/open.ts';
import { appFor, type Incoming } from '../../platform/http/incoming.ts';
import { Problem } from '../../platform/problem.ts';
import { fieldName } from '../../ui/field.tsx';
import { changeEmailPage } from './change-email.tsx';
import { confirmPage } from './confirm.tsx';
import { openCookies } from './cookies.ts';
import { forgottenPage } from './forgotten.tsx';
import { loginCheckPage, loginPage } from './login.tsx';
import { logoutPage } from './logout.tsx';
import { overviewPage } from './overview.tsx';
import { profilePage } from './profile.tsx';
import { registerPage } from './register.tsx';
import { resendPage } from './resend.tsx';
import { restorePage } from './restore.tsx';
import { endSessionPage } from './sessions.tsx';
import { SiteFrame } from './site-frame.tsx';
import { unlockPage } from './unlock.tsx';
import type { Notice, Page, Visit, Visitor } from './visit.ts';
import { wordsFor } from './words.ts';

const list: readonly Page[] = [
  loginPage,
  loginCheckPage,
  logoutPage,
  registerPage,
  confirmPage,
  resendPage,
  forgottenPage,
  restorePage,
  unlockPage,
  overviewPage,
  profilePage,
  endSessionPage,
  changeEmailPage,
];
const pages = new Map(list.map((page) => [page.path, page]));

/** Where a request wants to go: `/DE/en/login` is the log-in page of a store in a language; both may be left out. */
interface Place {
  store: string | undefined;
  language: string | undefined;
  path: string;
}

const prefixes = /^(?:\/(?<store>[A-Z][A-Z0-9_]{1,9}))?(?:\/(?<language>[a-z]{2}))?(?<path>\/.*)?$/;

function placeOf(path: string): Place | undefined {
  const { store, language, path: rest = '/' } = prefixes.exec(path)?.groups ?? {};
  const page = rest === '/' ? '/' : rest.replace(/\/$/, '');
  return pages.has(page) || page === '/' ? { store, language, path: page } : undefined;
}

/** Whether an address is one of a page rather than of the API. */
export const isPage = (path: string): boolean => placeOf(path) !== undefined;

/** Sent with every page: nothing from elsewhere, no script, no frame, no copy in a cache. */
const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** Answers a request for a page, in its language; what goes wrong is a page too. Never throws. */
export async function storefront(root: App, incoming: Incoming, stylesheets: readonly string[]): Promise<Response> {
  const app = appFor(root, incoming, 'pages');
  let visit: Visit | undefined;
  try {
    const place = placeOf(incoming.path);
    visit = await begin(app, incoming, place ?? { store: undefined, language: undefined, path: '' }, stylesheets);
    return place ? await answer(visit, place.path) : notFound(visit);
  } catch (error) {
    return trouble(app, incoming, visit ?? lost(app, incoming, stylesheets), error);
  }
}

async function answer(visit: Visit, path: string): Promise<Response> {
  const { visitor, incoming, url } = visit;
  if (path === '/') return visit.redirect(visitor ? '/customer/overview' : '/login');
  const page = pages.get(path);
  if (!page) return notFound(visit);
  if (page.secured && !visitor) return new Response(null, { status: 303, headers: { Location: url('/login', { target: path }), 'Cache-Control': 'no-store' } });
  if (page.anonymous && visitor) return visit.redirect('/customer/overview');
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return page.get(visit);
  if (incoming.method !== 'POST' || !page.post || !page.form) return notFound(visit);

  const form = new URLSearchParams(await incoming.text());
  const name = page.form;
  // NUL can stand in no text column and means nothing in a form.
  visit.typed = (field) => (form.get(fieldName(name, field)) ?? '').replaceAll('\0', '').toWellFormed();
  if (!sameOrigin(visit) || !sameText(visit.typed('_token'), visit.token)) {
    const forged = await page.get(visit);
    return new Response(forged.body, { status: 403, headers: forged.headers });
  }
  return page.post(visit);
}

/** Browsers say where a form was sent from; what they say must be us. Programs say nothing and have the token. */
function sameOrigin({ incoming, app }: Visit): boolean {
  const site = incoming.header('sec-fetch-site');
  if (site && site !== 'same-origin' && site !== 'none') return false;
  const origin = incoming.header('origin');
  if (!origin) return true;
  return origin === new URL(app.config.PUBLIC_URL).origin || new URL(incoming.base).host === origin.replace(/^https?:\/\//, '');
}

async function begin(app: App, incoming: Incoming, place: Place, stylesheets: readonly string[]): Promise<Visit> {
  const store = await storeOf(app, incoming, place);
  const cookies = openCookies(app.config, incoming.header('cookie'));
  const visitor = await visitorOf(app, cookies.get('session'));
  const asked = place.language ?? incoming.query.get('_locale') ?? undefined;
  const locale = chooseLocale(store, asked ?? incoming.header('accept-language'));
  const origin = visitor ? ({ actor: 'customer', actorId: visitor.customer.id } as const) : {};
  return visitOf({ app: { ...app, origin: { ...app.origin, ...origin } }, incoming, place, store, locale, visitor, cookies, stylesheets });
}

async function storeOf(app: App, incoming: Incoming, place: Place): Promise<Store> {
  const name = place.store ?? incoming.query.get('_store') ?? undefined;
  try {
    return await chooseStore(app, name);
  } catch (error) {
    // A link from a mail must open although its store was renamed.
    if (storeUnknown.is(error)) return chooseStore(app, undefined);
    throw error;
  }
}

async function visitorOf(app: App, token: string | undefined): Promise<Visitor | undefined> {
  const session = token ? await resumeSession(app, token) : undefined;
  const customer = session && (await customerById(app.db, session.customerId));
  return session && customer && customer.state !== 'locked' ? { session, customer } : undefined;
}

type Beginning = Pick<Visit, 'app' | 'incoming' | 'store' | 'locale' | 'visitor' | 'cookies'> & { place: Place; stylesheets: readonly string[] };

function visitOf({ place, stylesheets, ...given }: Beginning): Visit {
  const { app, incoming, locale, cookies } = given;
  const t = translator(locale);
  const prefix = [place.store, place.language].filter(Boolean).map((part) => `/${part}`).join('');
  const browser = cookies.get('form') ?? newToken();
  if (cookies.get('form') === undefined) cookies.set('form', browser);
  const shown = noticeOf(cookies.get('notice'));
  const cookieHeaders = (extra: Record<string, string>) => {
    const made = new Headers({ ...headers, 'Content-Language': locale, ...extra });
    for (const change of cookies.changes) made.append('Set-Cookie', change);
    return made;
  };
  const url = (path: string, parameters?: Record<string, string>) => prefix + path + (parameters ? `?${new URLSearchParams(parameters).toString()}` : '');
  const visit: Visit = {
    ...given,
    t,
    query: incoming.query,
    typed: undefined,
    token: sign(app.secrets.forms, browser),
    url,
    render(title, body, { status = 200, notice } = {}) {
      const forged = visit.typed && visit.typed('_token') !== visit.token ? { kind: 'error' as const, text: t('form.csrf.error.text') } : undefined;
      const flash = shown && { kind: shown.kind, text: t(shown.message, wordsFor(app)) };
      if (shown) cookies.remove('notice');
      const html = renderToStaticMarkup(
        <SiteFrame visit={visit} title={title} path={place.path} storePrefix={place.store ? `/${place.store}` : ''} stylesheets={stylesheets} notice={forged ?? notice ?? flash}>
          {body}
        </SiteFrame>,
      );
      return new Response(`<!doctype html>${html}`, { status, headers: cookieHeaders({}) });
    },
    redirect(path, notice) {
      if (notice) cookies.set('notice', `${notice.kind}:${notice.message}`, 60);
      return new Response(null, { status: 303, headers: cookieHeaders({ Location: url(path) }) });
    },
  };
  return visit;
}

function noticeOf(cookie: string | undefined): Notice | undefined {
  const [kind, message = ''] = cookie?.split(':') ?? [];
  return (kind === 'success' || kind === 'info' || kind === 'error') && isMessageId(message) ? { kind, message } : undefined;
}

/** A visit that can only say that something is wrong: without database, store or customer. */
function lost(app: App, incoming: Incoming, stylesheets: readonly string[]): Visit {
  const store: Store = { name: app.config.DEFAULT_STORE, timeZone: 'UTC', locales: ['en_US', 'de_DE'], currencies: ['EUR'], countries: ['DE'] };
  const locale = chooseLocale(store, incoming.header('accept-language'));
  return visitOf({ app, incoming, store, locale, visitor: undefined, cookies: openCookies(app.config, undefined), place: { store: undefined, language: undefined, path: '/' }, stylesheets });
}

function notFound(visit: Visit): Response {
  const { t } = visit;
  return visit.render(t('error.404.title'), <Message title={t('error.404.title')} text={t('error.404.text')} />, { status: 404 });
}

function trouble(app: App, incoming: Incoming, visit: Visit, error: unknown): Response {
  const { t } = visit;
  const away = isConnectionTrouble(error) || databaseAway.is(error);
  if (away || (error instanceof Problem && error.kind.status === 503)) {
    const busy = visit.render(t('error.503.title'), <Message title={t('error.503.title')} text={t('error.503.text')} />, { status: 503 });
    busy.headers.set('Retry-After', '5');
    return busy;
  }
  app.log.error({ error, requestId: incoming.id }, 'page failed');
  return visit.render(t('error.500.title'), <Message title={t('error.500.title')} text={t('error.500.text', { id: incoming.id })} />, { status: 500 });
}

const Message = ({ title, text }: { title: string; text: string }) => (
  <>
    <h1>{title}</h1>
    <p>{text}</p>
  </>
);
