import { createHash } from 'node:crypto';
import type { App } from '../../platform/app.ts';
import { gate } from '../../platform/crypto/gate.ts';

/** Milliseconds a look-up may take; longer counts as an outage. */
const PATIENCE_MS = 1500;
/** Milliseconds for which nobody asks a service that failed. */
const REST_MS = 30_000;
/** Milliseconds for which an answer counts: a registration asks when it is read and when it is done. */
const MEMORY_MS = 60_000;

/** Whoever sends a password makes us ask; so many at once, and no more. */
const atOnce = gate({ running: 8, waiting: 100 });

/**
 * Whether the configured breach service knows the password. It learns five characters of a hash; its outage, or too many
 * who ask at once, blocks nobody.
 */
export async function isBreached(app: App, password: string): Promise<boolean> {
  const url = app.config.BREACH_LOOKUP_URL?.replace(/\/?$/, '/');
  if (!url) return false;
  const service = await app.memory.recall(`breach service ${url}`, MEMORY_MS, async () => ({ restsUntil: 0 }));
  if (app.now().getTime() < service.restsUntil) return false;
  const digest = createHash('sha1').update(password).digest('hex').toUpperCase();
  const address = url + digest.slice(0, 5);
  try {
    const ends = await app.memory.recall(address, MEMORY_MS, () => atOnce(() => ask(address)));
    return ends.has(digest.slice(5));
  } catch (error) {
    service.restsUntil = app.now().getTime() + REST_MS;
    app.log.warn({ error: error instanceof Error ? error.message : String(error) }, 'breach look-up unavailable');
    return false;
  }
}

/** Lines of `<the rest of a digest>:<how often it was leaked>`; those that never were are there to pad the answer. */
async function ask(address: string): Promise<ReadonlySet<string>> {
  const answer = await fetch(address, {
    headers: { 'Add-Padding': 'true' },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const lines = (await answer.text()).split(/\r?\n/).map((line) => line.split(':'));
  return new Set(lines.flatMap(([end, times]) => (end && times && times !== '0' ? [end] : [])));
}
