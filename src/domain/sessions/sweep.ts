import { z } from 'zod';
import { earlier } from '../../platform/clock.ts';
import { job } from '../../platform/jobs/job.ts';
import { DEVICE_SECONDS } from './device.ts';
import { deleteDevicesUnusedSince, deleteEndedSessions } from './queries.ts';

export const sweepSessions = job({
  name: 'sessions.sweep',
  payload: z.object({}),
  schedule: '23 * * * *',
  async run(app) {
    const now = app.now();
    const sessions = await deleteEndedSessions(app.db, now, earlier(now, app.config.SESSION_IDLE_SECONDS));
    const devices = await deleteDevicesUnusedSince(app.db, earlier(now, DEVICE_SECONDS));
    if (sessions + devices > 0) app.log.info({ sessions, devices }, 'ended sessions removed');
  },
});
