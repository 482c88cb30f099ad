import { overloaded } from '../problem.ts';

/**
 * Lets so many tasks run at once and so many wait, in order of arrival.
 *
 * Two concurrent argon2 computations keep two cores busy; more would only make everybody wait longer.
 *
 * @throws {@link overloaded} at once when the waiting room is full.
 */
export function gate({ running, waiting }: { running: number; waiting: number }) {
  let active = 0;
  const queue: (() => void)[] = [];

  return async function pass<T>(task: () => Promise<T>): Promise<T> {
    if (active >= running) {
      if (queue.length >= waiting) throw overloaded({ retryAfterSeconds: 2 });
      await new Promise<void>((enter) => queue.push(enter));
    } else {
      active += 1;
    }
    try {
      return await task();
    } finally {
      // The place is handed on rather than freed, so that nobody slips in between.
      const next = queue.shift();
      if (next) next();
      else active -= 1;
    }
  };
}
