import { z } from 'zod';
import { earlier } from '../../platform/clock.ts';
import { job } from '../../platform/jobs/job.ts';
import { deleteLinksExpiredBefore } from './queries.ts';

/** Expired links are kept so long, so that their owner reads "expired" rather than "unknown". */
const KEPT_SECONDS = 30 * 86_400;

export const sweepLinks = job({
  name: 'links.sweep',
  payload: z.object({}),
  schedule: '17 3 * * *',
  async run(app) {
    const removed = await deleteLinksExpiredBefore(app.db, earlier(app.now(), KEPT_SECONDS));
    if (removed > 0) app.log.info({ removed }, 'expired links removed');
  },
});
