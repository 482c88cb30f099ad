import type { App } from '../../platform/app.ts';
import { later } from '../../platform/clock.ts';

/** RFC 9116 recommends less than a year; whoever keeps a copy learns that it is old. */
const VALID_SECONDS = 180 * 86_400;

const routes: Record<string, (app: App) => Response | undefined> = {
  '/.well-known/change-password': changePassword,
  '/.well-known/security.txt': securityText,
};

export const wellKnownPaths = Object.keys(routes);

/** What programs look for on every host (RFC 8615); undefined for other addresses. */
export const wellKnown = (app: App, path: string): Response | undefined =>
  Object.hasOwn(routes, path) ? routes[path]?.(app) : undefined;

/** Where password managers send people: https://www.w3.org/TR/change-password-url/ */
function changePassword(): Response {
  return new Response(null, {
    status: 302,
    headers: { Location: '/customer/profile#passwordForm', 'Cache-Control': 'no-store' },
  });
}

/** Where to report a vulnerability; there is none where nobody is named. */
function securityText({ config, now }: App): Response | undefined {
  const { PUBLIC_URL, SECURITY_CONTACT, SECURITY_POLICY_URL } = config;
  if (SECURITY_CONTACT.length === 0) return undefined;
  const lines = [
    ...SECURITY_CONTACT.map((contact) => `Contact: ${contact}`),
    `Expires: ${later(now(), VALID_SECONDS).toISOString().slice(0, 10)}T00:00:00Z`,
    'Preferred-Languages: en, de',
    `Canonical: ${PUBLIC_URL}/.well-known/security.txt`,
    ...(SECURITY_POLICY_URL ? [`Policy: ${SECURITY_POLICY_URL}`] : []),
  ];
  return new Response(`${lines.join('\n')}\n`, {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'public, max-age=86400',
      'X-Content-Type-Options': 'nosniff',
    },
  });
}
