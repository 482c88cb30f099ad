/** Seconds for which a browser remembers the answer to its pre-flight; Chromium caps it at two hours. */
export const PREFLIGHT_SECONDS = 600;

/** Headers that scripts of another origin may read besides the few that browsers always show them. */
const EXPOSED = 'Content-Language, Retry-After, WWW-Authenticate, X-Request-Id';

/**
 * Headers that let browsers of other origins read an answer. A single configured origin, or `*`, is sent whatever origin
 * asks, as the contract has it; of several only the one that asks is sent, and caches keep the answers apart.
 *
 * @param allowed value of CORS_ALLOW_ORIGIN: origins separated by commas, `*`, or empty for none.
 */
export function corsHeaders(allowed: string, origin: string | undefined): Record<string, string> {
  if (allowed === '') return {};
  const exposed = { 'Access-Control-Expose-Headers': EXPOSED };
  if (!allowed.includes(',')) return { 'Access-Control-Allow-Origin': allowed, ...exposed };
  const match = allowed.split(',').find((entry) => entry.trim() === origin);
  return {
    Vary: 'Origin',
    ...(match === undefined ? {} : { 'Access-Control-Allow-Origin': match.trim(), ...exposed }),
  };
}
