import type { DatabaseGauges } from '../metrics/database-gauges.ts';
import { JOBS_COUNTED, loadOfQueues } from './queries.ts';

/** Whether jobs of a queue send one email each: they are named after the verb. */
const sendsEmail = (queue: string) => /\.(?:re)?send-(?!batch$)/.test(queue);

/** What waits in the job queue. `queues`: names of all queues of ours. */
export const jobGauges = (queues: readonly string[]): DatabaseGauges => ({
  gauges: {
    clientele_jobs_queued: {
      help: `Jobs in the queue, by state: waiting or retry (failed, tried again later); at most ${JOBS_COUNTED} of a queue are counted`,
      labels: ['queue', 'state'],
    },
    clientele_jobs_oldest_seconds: {
      help: 'Seconds since the job that has been due longest should have run, by queue; 0 where none is due',
      labels: ['queue'],
    },
    clientele_jobs_given_up: {
      help: 'Jobs that failed for good and wait for clientele jobs:retry',
      labels: [],
    },
    clientele_emails_queued: { help: 'Emails that wait to be sent or to be tried again', labels: [] },
  },
  async read(db, now) {
    const { queues: loads, givenUp } = await loadOfQueues(db, queues, now);
    const emails = loads.filter(({ queue }) => sendsEmail(queue)).map(({ waiting, retry }) => waiting + retry);
    return [
      ...loads.flatMap(({ queue, waiting, retry, oldest }) => [
        { gauge: 'clientele_jobs_queued', labels: { queue, state: 'waiting' }, value: waiting },
        { gauge: 'clientele_jobs_queued', labels: { queue, state: 'retry' }, value: retry },
        { gauge: 'clientele_jobs_oldest_seconds', labels: { queue }, value: oldest },
      ]),
      { gauge: 'clientele_jobs_given_up', labels: {}, value: givenUp },
      { gauge: 'clientele_emails_queued', labels: {}, value: emails.reduce((sum, count) => sum + count, 0) },
    ];
  },
});
