import type { Config } from '../../platform/config.ts';
import { placeOf } from './place.ts';
import type { Visit } from './visit.ts';

type RedirectConfig = Pick<Config, 'PUBLIC_URL' | 'REDIRECT_HOSTS'>;

/** Cookies and Location headers of this length are accepted everywhere. */
const MAX_LENGTH = 2000;
/** Seconds for which a browser remembers where to go once an email's link was followed. */
const REMEMBERED_SECONDS = 86_400;

/**
 * Returns the address to go to after signing in: a path of ours, or an address on a host of REDIRECT_HOSTS, query kept.
 * Returns undefined for everything else. Only what the URL parser made of the text is returned, never the text itself, so
 * that a browser cannot read it as another host.
 */
export function checkRedirectUri({ PUBLIC_URL, REDIRECT_HOSTS }: RedirectConfig, text: string): string | undefined {
  // The URL parser drops tabs and line breaks and reads a backslash as a slash.
  // oxlint-disable-next-line no-control-regex
  if (text.length > MAX_LENGTH || /[\u0000-\u0020\u007f\\]/.test(text)) return undefined;
  const isPath = /^\/(?!\/)/.test(text);
  if (!isPath && !/^https?:\/\/[^/]/i.test(text)) return undefined;
  const own = new URL(PUBLIC_URL);
  const url = URL.parse(text, own.origin);
  if (!url || url.username || url.password || url.href.length > MAX_LENGTH) return undefined;
  if (url.origin === own.origin) return ownAddress(url);
  return REDIRECT_HOSTS.includes(url.origin) ? url.href : undefined;
}

/** `/.//evil.example` is a path of ours that becomes another host once it stands alone. */
function ownAddress({ pathname, search, hash }: URL): string | undefined {
  const isLoop = ['/login', '/login_check', '/logout'].includes(placeOf(pathname).path);
  return pathname.startsWith('//') || isLoop ? undefined : pathname + search + hash;
}

/** Returns where the shopper asked to go after signing in; given twice, nobody knows which was meant. */
export function redirectTarget({ app, typed, query }: Visit): string | undefined {
  const [uri, ...more] = [...query.getAll('redirectUri'), typed?.('redirect_uri') ?? ''].filter(Boolean);
  return uri && more.every((other) => other === uri) && query.getAll('redirectUri').length <= 1
    ? checkRedirectUri(app.config, uri)
    : undefined;
}

/** Returns the parameters that carry the target on to another page. */
export function withTarget(visit: Visit): Record<string, string> | undefined {
  const target = redirectTarget(visit);
  return target ? { redirectUri: target } : undefined;
}

/** Remembers the target in this browser until a link from an email is followed. */
export function rememberTarget(visit: Visit): void {
  const target = redirectTarget(visit);
  if (target) visit.cookies.set('target', target, REMEMBERED_SECONDS);
}

/** Returns the page that leads on to the remembered target, checked again: cookies can be planted. */
export function pathWithTarget({ app, cookies }: Visit, path: string): string {
  const target = checkRedirectUri(app.config, cookies.get('target') ?? '');
  return target ? `${path}?${new URLSearchParams({ redirectUri: target }).toString()}` : path;
}
