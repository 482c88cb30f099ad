import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Log } from '../log.ts';
import { overloaded } from '../problem.ts';
import { gate } from './gate.ts';

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
   * @throws {@link overloaded} where too many wait, first to the network with the most.
   */
  estimate(password: string, words: readonly string[], network?: string): Promise<number>;
  close(): Promise<void>;
}

/** What is being estimated. */
interface Estimate {
  id: number;
  answer(guesses: number): void;
  fail(): void;
}

/** Estimates that may wait, of all networks: a storefront's server speaks for many people, so networks take turns instead. */
const WAITING_MAX = 100;

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
  let current: Estimate | undefined;
  const inTurn = gate({ running: 1, waiting: WAITING_MAX });
  const watchdog = setTimeout(() => current && end('no answer'), STUCK_MS).unref();
  const rest = setTimeout(() => !current && void stop(), IDLE_MS).unref();

  function start(): Worker {
    // Without our environment: its secrets are not wanted there.
    const started = new Worker(program, { env: {}, execArgv: [] });
    started.on('message', ({ id, guesses }: StrengthAnswer) => {
      if (current?.id !== id) return;
      const { answer, fail } = current;
      current = undefined;
      rest.refresh();
      started.unref();
      if (guesses === undefined) fail();
      else answer(guesses);
    });
    started.on('error', ({ message }) => started === worker && end(message));
    started.on('exit', () => started === worker && end('exit'));
    return started;
  }

  function end(reason: string) {
    log.warn({ reason }, 'the thread that estimates passwords ended');
    void stop();
  }

  /** Ends the thread and refuses what it had: a password that was not estimated is not accepted. */
  async function stop() {
    const [stopped, refused] = [worker, current];
    worker = undefined;
    current = undefined;
    refused?.fail();
    await stopped?.terminate();
  }

  const ask = (password: string, words: readonly string[]) =>
    new Promise<number>((answer, reject) => {
      worker ??= start();
      worker.ref();
      watchdog.refresh();
      next += 1;
      current = { id: next, answer, fail: () => reject(overloaded({ retryAfterSeconds: 2 })) };
      const task: StrengthTask = {
        id: next,
        password: password.slice(0, PASSWORD_MAX),
        words: words.slice(0, WORDS_MAX).map((word) => word.slice(0, WORD_MAX)),
      };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      worker.postMessage(task);
    });

  return {
    estimate: (password, words, network) => inTurn(() => ask(password, words), { network }),
    close: stop,
  };
}
