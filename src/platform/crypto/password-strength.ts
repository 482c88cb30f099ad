import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Log } from '../log.ts';
import { overloaded } from '../problem.ts';

/** A password to estimate, and words that its attacker knows. */
export interface StrengthTask {
  id: number;
  password: string;
  words: string[];
}
/** Guesses as a power of ten; undefined where the password could not be estimated. */
export interface StrengthAnswer {
  id: number;
  guesses: number | undefined;
}

/** Estimates how many guesses a password withstands, in a thread of its own: an estimate takes up to 50 ms. */
export interface StrengthEstimator {
  /**
   * The guesses as a power of ten.
   *
   * @throws {@link overloaded} where too many wait, altogether or from one network.
   */
  estimate(password: string, words: readonly string[], network?: string): Promise<number>;
  close(): Promise<void>;
}

interface Waiting {
  network: string;
  answer(guesses: number): void;
  fail(): void;
}

/** Estimates that may wait, and of those the ones from one network: about half a second's work. */
const WAITING_MAX = 100;
const WAITING_MAX_OF_NETWORK = 25;

/** Characters that are estimated: the time grows with the square of the length, and more never make a password weaker. */
const PASSWORD_MAX = 40;
const WORDS_MAX = 30;
const WORD_MAX = 100;

/** Milliseconds without an answer after which a thread is taken for stuck; loading its dictionaries takes one second. */
const STUCK_MS = 15_000;
/** Milliseconds without a task after which the thread ends and its 60 MB are free. */
const IDLE_MS = 60_000;

const program = fileURLToPath(new URL(`password-strength-worker${extname(import.meta.url)}`, import.meta.url));

export function openStrengthEstimator(log: Log): StrengthEstimator {
  let worker: Worker | undefined;
  let next = 0;
  const waiting = new Map<number, Waiting>();
  const watchdog = setTimeout(() => waiting.size > 0 && end('no answer'), STUCK_MS).unref();
  const rest = setTimeout(() => waiting.size === 0 && void stop(), IDLE_MS).unref();

  function start(): Worker {
    // Without our environment: its secrets are not wanted there.
    const started = new Worker(program, { env: {}, execArgv: [] });
    started.on('message', ({ id, guesses }: StrengthAnswer) => {
      const { answer, fail } = waiting.get(id) ?? {};
      waiting.delete(id);
      watchdog.refresh();
      rest.refresh();
      if (waiting.size === 0) started.unref();
      if (guesses === undefined) fail?.();
      else answer?.(guesses);
    });
    started.on('error', ({ message }) => started === worker && end(message));
    started.on('exit', () => started === worker && end('exit'));
    return started;
  }

  /** Ends the thread and refuses what waits: a password that was not estimated is not accepted. */
  function end(reason: string) {
    log.warn({ reason }, 'the thread that estimates passwords ended');
    void stop();
    const refused = [...waiting.values()];
    waiting.clear();
    for (const { fail } of refused) fail();
  }

  async function stop() {
    const stopped = worker;
    worker = undefined;
    await stopped?.terminate();
  }

  return {
    estimate: (password, words, network = 'unknown') =>
      new Promise((answer, reject) => {
        const fail = () => reject(overloaded({ retryAfterSeconds: 2 }));
        const ofNetwork = [...waiting.values()].filter((one) => one.network === network).length;
        if (waiting.size >= WAITING_MAX || ofNetwork >= WAITING_MAX_OF_NETWORK) return fail();
        worker ??= start();
        worker.ref();
        if (waiting.size === 0) watchdog.refresh();
        next += 1;
        waiting.set(next, { network, answer, fail });
        const task: StrengthTask = {
          id: next,
          password: password.slice(0, PASSWORD_MAX),
          words: words.slice(0, WORDS_MAX).map((word) => word.slice(0, WORD_MAX)),
        };
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
        worker.postMessage(task);
      }),
    close: stop,
  };
}
