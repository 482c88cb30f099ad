import { z } from 'zod';
import { job } from '../jobs/job.ts';
import { trimMailbox } from './queries.ts';

export const sweepMailbox = job({
  name: 'mail.sweep-mailbox',
  payload: z.object({}),
  schedule: '41 * * * *',
  async run(app) {
    await trimMailbox(app.db);
  },
});
