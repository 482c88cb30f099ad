import type { Log } from '../log.ts';

/** Milliseconds without a try after the first failure; twice as many after each further one, up to the most. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

type Execute<Result> = (text: string, values?: unknown[]) => Promise<Result>;

/**
 * Spares a database that is away: one statement at a time tries it, after growing pauses, and the others fail at once.
 * An outage is logged when it begins and when it ends.
 *
 * Thirty workers ask for jobs every two seconds; each would open a connection and write a warning.
 */
export function openOutage(log: Log, isAway: (error: unknown) => boolean, now: () => number = () => performance.now()) {
  let outage: { since: number; pause: number; nextTry: number; error: unknown } | undefined;

  function failed(error: unknown) {
    const [pause, since] = outage
      ? [Math.min(2 * outage.pause, LONGEST_PAUSE_MS), outage.since]
      : [FIRST_PAUSE_MS, now()];
    if (!outage) log.warn({ error: messageOf(error) }, 'job queue: the database is away, jobs wait');
    outage = { since, pause, nextTry: now() + pause, error };
  }

  function succeeded() {
    if (outage) log.info({ seconds: Math.round((now() - outage.since) / 1000) }, 'job queue: the database is back');
    outage = undefined;
  }

  return {
    /** Whether the database is away as far as we know. */
    get isOn() {
      return outage !== undefined;
    },
    guard<Result>(execute: Execute<Result>): Execute<Result> {
      return async (text, values) => {
        const before = outage;
        if (before) {
          if (now() < before.nextTry) throw before.error;
          // This one tries; those that come meanwhile do not.
          before.nextTry = Number.POSITIVE_INFINITY;
        }
        try {
          const result = await execute(text, values);
          succeeded();
          return result;
        } catch (error) {
          // Any other error is an answer, so the database is there.
          if (!isAway(error)) succeeded();
          // Statements that were under way when the outage began tell nothing new.
          else if (outage === before) failed(error);
          throw error;
        }
      };
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
