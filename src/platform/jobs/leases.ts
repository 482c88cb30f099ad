import type { PgBoss } from 'pg-boss';
import type { Log } from '../log.ts';

/** Milliseconds between two signs of life of a job that runs. */
export const RENEWAL_MS = 2000;

/** Seconds without a sign of life after which another worker takes a job over. */
export const LEASE_SECONDS = 8;

/** The jobs that this process runs. While a job runs its lease is renewed, however slow a mail server is. */
export interface Leases {
  during<T>(name: string, id: string, work: () => Promise<T>): Promise<T>;
}

export function openLeases(boss: Pick<PgBoss, 'touch'>, log: Log): Leases {
  const held = new Map<string, Set<string>>();
  let timer: NodeJS.Timeout | undefined;

  function renew() {
    for (const [name, ids] of held)
      boss.touch(name, [...ids]).catch((error: unknown) => {
        // The job goes on; when the database stays away another worker may do it once more.
        log.debug({ job: name, error: error instanceof Error ? error.message : String(error) }, 'lease not renewed');
      });
  }

  return {
    async during(name, id, work) {
      const running = held.get(name) ?? new Set<string>();
      held.set(name, running.add(id));
      timer ??= setInterval(renew, RENEWAL_MS).unref();
      try {
        return await work();
      } finally {
        running.delete(id);
        if (running.size === 0) held.delete(name);
        if (held.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      }
    },
  };
}
