import { createHash } from 'node:crypto';
import type { App } from '../../platform/app.ts';

/** Milliseconds a look-up may take; longer counts as an outage. */
const PATIENCE_MS = 1500;

/** Whether the configured breach service knows the password. It learns five characters of a hash; its outage blocks nobody. */
export async function isBreached(app: App, password: string): Promise<boolean> {
  const url = app.config.BREACH_LOOKUP_URL;
  if (!url) return false;
  const digest = createHash('sha1').update(password).digest('hex').toUpperCase();
  try {
    const answer = await fetch(url.replace(/\/?$/, '/') + digest.slice(0, 5), {
      headers: { 'Add-Padding': 'true' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const lines = (await answer.text()).split(/\r?\n/);
    return lines.some((line) => line.startsWith(`${digest.slice(5)}:`) && !line.endsWith(':0'));
  } catch (error) {
    app.log.warn({ error: error instanceof Error ? error.message : String(error) }, 'breach look-up unavailable');
    return false;
  }
}
