import { z } from 'zod';
import { job } from '../../platform/jobs/job.ts';
import { deleteForgottenNetworks, deleteSpent } from './queries.ts';

export const sweepThrottle = job({
  name: 'throttle.sweep',
  payload: z.object({}),
  schedule: '*/15 * * * *',
  async run(app) {
    const removed = await deleteSpent(app.db, app.now());
    await deleteForgottenNetworks(app.db, app.now());
    if (removed > 0) app.log.info({ removed }, 'spent log-in counters removed');
  },
});
