import { readFileSync } from 'node:fs';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What was served, without anything a client chooses freely. */
export interface ServedRequest {
  /** Pattern of the path, `/customers/{id}`. */
  route: string;
  method: string;
  status: number;
  /** Milliseconds. */
  ms: number;
}

export type SignInOutcome = 'succeeded' | 'refused' | 'locked_out';
export type EmailOutcome = 'sent' | 'failed' | 'deferred';
export type JobOutcome = 'completed' | 'failed';

/**
 * What one App counts, in a registry that belongs to it. Labels take values from fixed sets of ours: route patterns, names of
 * queues, lanes and doors. Nothing that a person typed, and no reference or id.
 */
export interface Metrics {
  readonly registry: Registry;
  served(request: ServedRequest): void;
  /** `ms`: the computation alone, in milliseconds, without the time it waited. */
  hashed(lane: string, ms: number): void;
  jobStarted(queue: string): void;
  jobEnded(queue: string, outcome: JobOutcome, ms: number): void;
  emailEnded(outcome: EmailOutcome): void;
  signInEnded(door: string, outcome: SignInOutcome): void;
  lockoutBegan(door: string): void;
}

/** Methods that get a label of their own; clients may send any word. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Seconds. A read takes 1 to 5 ms, a sign-in 25 to 100, and what takes 10 s has failed. */
const REQUEST_BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds. The dearest imported hash takes two. */
const HASH_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Seconds. An email takes as long as its server. */
const JOB_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120];

export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const requests = new Counter({
    name: 'clientele_http_requests_total',
    help: 'Requests answered, by pattern of the path, method and status',
    labelNames: ['route', 'method', 'status'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'clientele_http_request_duration_seconds',
    help: 'Time until a request was answered, by pattern of the path and method',
    labelNames: ['route', 'method'] as const,
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const hashes = new Histogram({
    name: 'clientele_password_hash_duration_seconds',
    help: 'Time one password hash took to compute, by lane, without the time it waited',
    labelNames: ['lane'] as const,
    buckets: HASH_BUCKETS,
    registers,
  });
  const jobs = new Counter({
    name: 'clientele_jobs_ended_total',
    help: 'Runs of jobs in this process, by queue and outcome; a failed run may be tried again',
    labelNames: ['queue', 'outcome'] as const,
    registers,
  });
  const running = new Gauge({
    name: 'clientele_jobs_running',
    help: 'Jobs this process runs now, by queue',
    labelNames: ['queue'] as const,
    registers,
  });
  const jobDurations = new Histogram({
    name: 'clientele_job_duration_seconds',
    help: 'Time one run of a job took, by queue',
    labelNames: ['queue'] as const,
    buckets: JOB_BUCKETS,
    registers,
  });
  const emails = new Counter({
    name: 'clientele_emails_total',
    help: 'Emails handed over by this process: sent, failed (refused with a 5xx status) or deferred (any other failure)',
    labelNames: ['outcome'] as const,
    registers,
  });
  const signIns = new Counter({
    name: 'clientele_sign_ins_total',
    help: 'Attempts at a password, by door and outcome; locked_out were refused before the password was looked at',
    labelNames: ['door', 'outcome'] as const,
    registers,
  });
  const lockouts = new Counter({
    name: 'clientele_lockouts_total',
    help: 'Lockouts that began after failed attempts at a password, by door',
    labelNames: ['door'] as const,
    registers,
  });
  new Gauge({
    name: 'clientele_build_info',
    help: 'Always 1; the labels say which version runs on which Node',
    labelNames: ['version', 'node'] as const,
    registers,
  }).set({ version: version(), node: process.version }, 1);

  // Rates and alerts need a zero before the first event.
  for (const outcome of ['sent', 'failed', 'deferred']) emails.inc({ outcome }, 0);

  /** What one kind of request is counted by. Looked up by a text, as prom-client would sort and hash labels each time. */
  const children = new Map<string, { requests: Counter.Internal; durations: Histogram.Internal<'route' | 'method'> }>();

  return {
    registry,
    served({ route, method: given, status, ms }) {
      const method = METHODS.has(given) ? given : 'OTHER';
      const key = `${method} ${status} ${route}`;
      let child = children.get(key);
      if (!child) {
        child = {
          requests: requests.labels({ route, method, status: String(status) }),
          durations: durations.labels({ route, method }),
        };
        children.set(key, child);
      }
      child.requests.inc();
      child.durations.observe(ms / 1000);
    },
    hashed: (lane, ms) => hashes.observe({ lane }, ms / 1000),
    jobStarted: (queue) => running.inc({ queue }),
    jobEnded(queue, outcome, ms) {
      running.dec({ queue });
      jobs.inc({ queue, outcome });
      jobDurations.observe({ queue }, ms / 1000);
    },
    emailEnded: (outcome) => emails.inc({ outcome }),
    signInEnded: (door, outcome) => signIns.inc({ door, outcome }),
    lockoutBegan: (door) => lockouts.inc({ door }),
  };
}

function version(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return typeof file === 'object' && file && 'version' in file ? String(file.version) : 'unknown';
}
