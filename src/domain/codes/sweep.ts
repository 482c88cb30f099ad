import { z } from 'zod';
import { job } from '../../platform/jobs/job.ts';
import { deleteCodesExpiredBefore } from './queries.ts';

export const sweepCodes = job({
  name: 'codes.sweep',
  schedule: '17 * * * *',
  payload: z.object({}),
  async run(app) {
    await deleteCodesExpiredBefore(app.db, app.now());
  },
});
