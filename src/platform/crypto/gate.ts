import { overloaded } from '../problem.ts';

export interface Limits {
  /** Tasks that run at once. */
  running: number;
  /** Tasks that wait, of all networks. */
  waiting: number;
  /** Milliseconds a task may wait. */
  patienceMs?: number;
}

/** Who a task is for. Tasks of one network wait for each other, not for those of others. */
export interface Caller {
  network?: string | undefined;
  /** Called with the milliseconds a task waited, if it did. */
  onWait?: (milliseconds: number) => void;
}

export interface Gate {
  <T>(task: () => Promise<T>, caller?: Caller): Promise<T>;
  load(): GateLoad;
}

export interface GateLoad {
  running: number;
  waiting: number;
  /** Tasks that were refused since the start. */
  refused: number;
}

interface Waiter {
  enter(): void;
  refuse(): void;
}

/**
 * Runs a bounded number of tasks at once and queues a bounded number. Networks take turns; tasks of one network run in
 * the order of arrival. When the queue is full, the network with the most waiting tasks loses its newest one to a network
 * with fewer, so one network can use the whole queue while no other needs it, and no more than its share otherwise.
 *
 * @throws {@link overloaded} if the queue has no room, or if the task waited longer than `patienceMs`.
 */
export function gate({ running, waiting, patienceMs }: Limits): Gate {
  let active = 0;
  let length = 0;
  let refused = 0;
  /** Waiting tasks by network; the first network is served next. */
  const queues = new Map<string, Waiter[]>();

  function remove(network: string, waiter: Waiter) {
    const queue = queues.get(network);
    const at = queue?.indexOf(waiter) ?? -1;
    if (!queue || at < 0) return;
    queue.splice(at, 1);
    length -= 1;
    if (queue.length === 0) queues.delete(network);
  }

  function next(): Waiter | undefined {
    const [first] = queues;
    if (!first) return undefined;
    const [network, [waiter]] = first;
    if (!waiter) return undefined;
    remove(network, waiter);
    // What else this network has comes after the other networks.
    const rest = queues.get(network);
    if (rest && queues.delete(network)) queues.set(network, rest);
    return waiter;
  }

  function full() {
    refused += 1;
    return overloaded({ retryAfterSeconds: 2 });
  }

  function makeRoom(network: string) {
    const [longest] = [...queues.values()].toSorted((a, b) => b.length - a.length);
    const own = queues.get(network)?.length ?? 0;
    if (!longest || longest.length <= own + 1) throw full();
    longest.at(-1)?.refuse();
  }

  const turn = (network: string) =>
    new Promise<void>((enter, leave) => {
      if (length >= waiting) makeRoom(network);
      const refuse = () => {
        clearTimeout(timer);
        remove(network, waiter);
        leave(full());
      };
      const timer = patienceMs === undefined ? undefined : setTimeout(refuse, patienceMs);
      const waiter: Waiter = {
        enter: () => {
          clearTimeout(timer);
          enter();
        },
        refuse,
      };
      const queue = queues.get(network);
      if (queue) queue.push(waiter);
      else queues.set(network, [waiter]);
      length += 1;
    });

  async function pass<T>(task: () => Promise<T>, { network = '', onWait }: Caller = {}): Promise<T> {
    if (active >= running) {
      const since = performance.now();
      await turn(network);
      onWait?.(performance.now() - since);
    } else {
      active += 1;
    }
    try {
      return await task();
    } finally {
      // The place is handed on rather than freed, so that no new task takes it before those that wait.
      const waiter = next();
      if (waiter) waiter.enter();
      else active -= 1;
    }
  }

  return Object.assign(pass, { load: () => ({ running: active, waiting: length, refused }) });
}
