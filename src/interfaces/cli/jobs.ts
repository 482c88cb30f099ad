import { command } from './command.ts';

export const jobsFailed = command({
  name: 'jobs:failed',
  summary: 'List mails and other jobs that were given up after all retries',
  options: { json: { type: 'boolean', help: 'as JSON' } },
  async run(app, { options }, { out }) {
    const failed = await app.queue.failed();
    if (options.json) out(JSON.stringify(failed, null, 2));
    else if (failed.length === 0) out('No job was given up.');
    else
      for (const { failedAt, name, payload, reason } of failed)
        out(`${failedAt.toISOString()}  ${name}  ${JSON.stringify(payload)}\n    ${reason}`);
    return 0;
  },
});

export const jobsRetry = command({
  name: 'jobs:retry',
  summary: 'Queue all jobs that were given up once more',
  async run(app, _call, { out }) {
    out(`${await app.queue.retryFailed()} jobs queued again`);
    return 0;
  },
});
