import { createHash, createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { App } from '../../platform/app.ts';
import { gate } from '../../platform/crypto/gate.ts';
import { normalizePassword } from './normalize.ts';
import { overloaded } from '../../platform/problem.ts';

/** Milliseconds a look-up may take; longer counts as an outage. */
const PATIENCE_MS = 1500;
/** Milliseconds for which nobody asks a service that failed. */
const REST_MS = 30_000;
/** Milliseconds for which an answer counts: a registration asks when it is read and when it is done. */
const MEMORY_MS = 60_000;

/** Whoever sends a password makes us ask; so many at once, and no more. */
const atOnce = gate({ running: 8, waiting: 100 });
const known = new LRUCache<string, boolean>({ max: 500, ttl: MEMORY_MS });
/** Answers are remembered under names that say nothing once this process has ended. */
const secret = randomBytes(32);
/** Services that failed, and until when they are left alone. */
const resting = new Map<string, number>();

/**
 * Whether the configured breach service knows the password. It learns five characters of a hash; its outage blocks nobody,
 * and whoever is one too many at once is not asked for.
 */
export async function isBreached(app: App, password: string): Promise<boolean> {
  const service = app.config.BREACH_LOOKUP_URL?.replace(/\/?$/, '/');
  if (!service || isResting(app, service)) return false;
  const digest = createHash('sha1').update(normalizePassword(password)).digest('hex').toUpperCase();
  const name = createHmac('sha256', secret)
    .update(service + digest)
    .digest('base64');
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  try {
    const found = await atOnce(async () => !isResting(app, service) && ask(service, digest));
    known.set(name, found);
    return found;
  } catch (error) {
    if (overloaded.is(error)) return false;
    resting.set(service, app.now().getTime() + REST_MS);
    // Its message may hold the address, and with it a key.
    app.log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'breach look-up unavailable');
    return false;
  }
}

const isResting = (app: App, service: string): boolean => app.now().getTime() < (resting.get(service) ?? 0);

/** Asks for the lines `<the rest of a digest>:<how often it was leaked>` of a range; what never was pads the answer. */
async function ask(service: string, digest: string): Promise<boolean> {
  const answer = await fetch(service + digest.slice(0, 5), {
    headers: { 'Add-Padding': 'true' },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const lines = (await answer.text()).split(/\r?\n/);
  return lines.some((line) => line.startsWith(`${digest.slice(5)}:`) && !line.endsWith(':0'));
}
