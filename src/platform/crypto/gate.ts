import { overloaded } from '../problem.ts';

/**
 * Lets so many tasks run at once and so many wait, in order of arrival, for so long.
 *
 * Two concurrent argon2 computations keep two cores busy; more would only make everybody wait longer.
 *
 * @throws {@link overloaded} at once when the waiting room is full, and when a task has waited too long.
 */
export function gate({ running, waiting, patienceMs }: { running: number; waiting: number; patienceMs?: number }) {
  let active = 0;
  const queue: (() => void)[] = [];
  const full = () => overloaded({ retryAfterSeconds: 2 });

  const turn = () =>
    new Promise<void>((enter, leave) => {
      const waiter = () => {
        clearTimeout(timer);
        enter();
      };
      const giveUp = () => {
        queue.splice(queue.indexOf(waiter), 1);
        leave(full());
      };
      const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs);
      queue.push(waiter);
    });

  return async function pass<T>(task: () => Promise<T>): Promise<T> {
    if (active >= running) {
      if (queue.length >= waiting) throw full();
      await turn();
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
