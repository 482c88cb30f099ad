import { renderToStaticMarkup } from 'react-dom/server';
import { customerById } from '../../domain/customers/index.ts';
import { renewSession, resumeSession } from '../../domain/sessions/index.ts';
import { chooseLocale, chooseStore, languageOf, shopOf, type Store, storeUnknown } from '../../domain/stores/index.ts';
import { translator } from '../../i18n/index.ts';
import type { App } from '../../platform/app.ts';
import { mask, newToken, sameText, sign, unmask } from '../../platform/crypto/token.ts';
import { compressible } from '../../platform/http/compress.ts';
import type { Incoming } from '../../platform/http/incoming.ts';
import { openCookies } from './cookies.ts';
import type { Place } from './place.ts';
import { SiteFrame } from './site-frame.tsx';
import { type Notice, notices, type Visit, type Visitor } from './visit.ts';
import { wordsFor } from './words.ts';

/** Sent with every page: nothing from elsewhere, no script, no frame, no copy in a cache. */
const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** Chromium applies `form-action` to the redirect that follows a form too, so the form that leads elsewhere names where. */
const securityPolicy = (formTargets: readonly string[]) =>
  `default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action ${["'self'", ...formTargets].join(' ')}; base-uri 'none'; frame-ancestors 'none'`;

/** Finds out who visits, which store, and in which language. */
export async function openVisit(
  app: App,
  incoming: Incoming,
  place: Place,
  stylesheets: readonly string[],
): Promise<Visit> {
  const store = await storeOf(app, incoming, place);
  const cookies = openCookies(app.config, incoming.header('cookie'));
  const visitor = await visitorOf(app, cookies.get('session'));
  // A link from a mail says its language once; the pages behind it go on in it.
  const asked = (place.language ?? incoming.query.get('_locale') ?? '').slice(0, 2);
  const language = store.locales.some((locale) => languageOf(locale) === asked) ? asked : undefined;
  const locale = chooseLocale(store, language ?? incoming.header('accept-language'));
  const origin = visitor ? ({ actor: 'customer', actorId: visitor.customer.id } as const) : {};
  return visitOf({
    app: { ...app, origin: { ...app.origin, ...origin } },
    incoming,
    place: { ...place, language },
    store,
    locale,
    visitor,
    cookies,
    stylesheets,
  });
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

type Beginning = Pick<Visit, 'app' | 'incoming' | 'store' | 'locale' | 'visitor' | 'cookies'> & {
  place: Place;
  stylesheets: readonly string[];
};

function visitOf({ place, stylesheets, ...given }: Beginning): Visit {
  const { app, incoming, locale, cookies, store, visitor } = given;
  const t = translator(locale, store.timeZone);
  const prefix = [place.store, place.language]
    .filter(Boolean)
    .map((part) => `/${part}`)
    .join('');
  const browser = cookies.get('form') ?? newToken();
  if (cookies.get('form') === undefined) cookies.set('form', browser);
  // Of this session alone: whoever planted the form cookie before the sign-in knows no token after it.
  const browserAndSession = visitor ? `${browser} ${visitor.session.id}` : browser;
  const shown = noticeOf(cookies.get('notice'));
  const answerHeaders = (extra: Record<string, string>) => {
    const made = new Headers({
      ...headers,
      'Content-Security-Policy': securityPolicy([]),
      'Content-Language': locale,
      'X-Request-Id': incoming.id,
      ...extra,
    });
    for (const change of cookies.changes()) made.append('Set-Cookie', change);
    return made;
  };
  const visit: Visit = {
    ...given,
    t,
    shop: shopOf(app, store),
    query: incoming.query,
    typed: undefined,
    sent: undefined,
    failure: undefined,
    token: mask(sign(app.secrets.forms, browserAndSession)),
    isToken(text, { evenAnonymous }) {
      const signed = evenAnonymous ? [browserAndSession, browser] : [browserAndSession];
      const token = unmask(text);
      return [app.secrets, app.secrets.previous].some((keys) =>
        signed.some((value) => keys && sameText(token, sign(keys.forms, value))),
      );
    },
    url: (path, parameters) => prefix + path + (parameters ? `?${new URLSearchParams(parameters).toString()}` : ''),
    render(title, body, { status = 200, notice, formTargets = [] } = {}) {
      const failure = visit.failure && ({ kind: 'error', text: t(visit.failure) } as const);
      const flash = shown && { kind: shown.kind, text: t(shown.message, wordsFor(visit)) };
      if (shown) cookies.remove('notice');
      const html = renderToStaticMarkup(
        <SiteFrame
          visit={visit}
          title={title}
          path={place.path}
          storePrefix={place.store ? `/${place.store}` : ''}
          stylesheets={stylesheets}
          notice={failure ?? notice ?? flash}
        >
          {body}
        </SiteFrame>,
      );
      const page = `<!doctype html>${html}`;
      const isPersonal = visitor !== undefined || cookies.get('email') !== undefined;
      const response = new Response(page, {
        status,
        headers: answerHeaders({
          'Content-Security-Policy': securityPolicy(formTargets),
          ...(isPersonal ? { 'Cache-Control': 'no-store, no-transform' } : {}),
        }),
      });
      // What it shows of a person must not be told by its length: docs/decisions/0036.
      return isPersonal ? response : compressible(response, page);
    },
    async renewSession() {
      const token = cookies.get('session');
      const renewed = visitor && token ? await renewSession(app, token) : undefined;
      if (renewed) cookies.set('session', renewed.token, renewed.seconds);
    },
    redirect(path, notice) {
      if (notice) cookies.set('notice', `${notice.kind}:${notice.message}`, 60);
      return new Response(null, { status: 302, headers: answerHeaders({ Location: prefix + path }) });
    },
    leave: (address) => new Response(null, { status: 302, headers: answerHeaders({ Location: address }) }),
  };
  return visit;
}

function noticeOf(cookie: string | undefined): Notice | undefined {
  const [kind, message = ''] = cookie?.split(':') ?? [];
  if (kind !== 'success' && kind !== 'info' && kind !== 'error') return undefined;
  const known = notices.find((notice) => notice === message);
  return known && { kind, message: known };
}

/** A visit that can only say that something is wrong: without database, store or customer. */
export function lostVisit(app: App, incoming: Incoming, place: Place, stylesheets: readonly string[]): Visit {
  const store: Store = {
    name: app.config.DEFAULT_STORE,
    timeZone: 'UTC',
    locales: ['en_US', 'de_DE'],
    currencies: ['EUR'],
    countries: ['DE'],
    links: {},
  };
  const locale = chooseLocale(store, place.language ?? incoming.header('accept-language'));
  return visitOf({
    app,
    incoming,
    store,
    locale,
    visitor: undefined,
    cookies: openCookies(app.config, incoming.header('cookie')),
    place,
    stylesheets,
  });
}
