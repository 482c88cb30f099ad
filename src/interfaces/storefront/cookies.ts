import { parse, serialize } from 'hono/utils/cookie';
import type { Config } from '../../platform/config.ts';

export type CookieName = 'session' | 'device' | 'form' | 'notice' | 'target' | 'email';

export interface Cookies {
  /** As it was sent, or as it was set since. */
  get(name: CookieName): string | undefined;
  /** Without `seconds` it lasts as long as the browser is open. */
  set(name: CookieName, value: string, seconds?: number): void;
  remove(name: CookieName): void;
  /** Set-Cookie headers to send. */
  changes(): readonly string[];
}

/**
 * The cookies of a request. Over https their names begin with `__Host-`, which ties them to this host alone; plain http
 * is for development.
 */
export function openCookies(config: Pick<Config, 'PUBLIC_URL'>, header: string | undefined): Cookies {
  const secure = config.PUBLIC_URL.startsWith('https:');
  const full = (name: CookieName) => (secure ? `__Host-${name}` : name);
  const given = parse(header ?? '');
  const changes = new Map<CookieName, string>();
  const write = (name: CookieName, value: string, maxAge?: number) => {
    given[full(name)] = value;
    changes.set(
      name,
      serialize(full(name), value, {
        path: '/',
        httpOnly: true,
        sameSite: 'Lax',
        secure,
        ...(maxAge === undefined ? {} : { maxAge: Math.min(maxAge, MOST_SECONDS) }),
      }),
    );
  };
  return {
    get: (name) => given[full(name)],
    set: write,
    remove(name) {
      write(name, '', 0);
      delete given[full(name)];
    },
    changes: () => [...changes.values()],
  };
}

/** Browsers keep no cookie for longer. */
const MOST_SECONDS = 400 * 86_400;
