import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { earlier } from '../../platform/clock.ts';
import { job } from '../../platform/jobs/job.ts';
import { deleteKeysReplacedBefore, deleteTokensExpiredBefore } from './queries.ts';

/** Removes refresh tokens that expired, and signing keys no living access token can name. */
export async function removeExpiredTokens(app: App): Promise<{ tokens: number; keys: number }> {
  const tokens = await deleteTokensExpiredBefore(app.db, app.now());
  const keys = await deleteKeysReplacedBefore(app.db, earlier(app.now(), 2 * app.config.ACCESS_TOKEN_SECONDS));
  return { tokens, keys };
}

export const sweepTokens = job({
  name: 'tokens.sweep',
  payload: z.object({}),
  schedule: '*/5 * * * *',
  async run(app) {
    const removed = await removeExpiredTokens(app);
    if (removed.tokens + removed.keys > 0) app.log.info(removed, 'expired tokens removed');
  },
});
