import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Options } from '@node-rs/argon2';

/** A password to hash, or to compare with a stored hash. */
export type Task = { password: string; options: Options } | { password: string; stored: string };

interface Given {
  line: string;
  answer(line: string): void;
  fail(error: Error): void;
  tries: number;
}

const program = fileURLToPath(new URL(`hashing-process${extname(import.meta.url)}`, import.meta.url));

/** A task whose process died, for want of memory say, is given to a new one; twice is enough. */
const TRIES = 2;

/**
 * Processes that compute argon2id, started with the first task.
 *
 * Each computation takes 19 MiB from the kernel and gives them back. Threads of one process wait for each other there,
 * and the event loop with them; processes of their own do not, which is a tenth of a log-in (docs/decisions/0009).
 */
export function openHashingProcesses(count: number) {
  const places = Array.from({ length: count }, openPlace);
  return {
    /** The answer to a task: a hash, or `true` or `false`. Rejects when the process that computes it dies repeatedly. */
    compute(task: Task): Promise<string> {
      const freest = places.reduce((best, place) => (place.load() < best.load() ? place : best));
      return new Promise((answer, fail) => freest.give({ line: `${JSON.stringify(task)}\n`, answer, fail, tries: 0 }));
    },
    /** Ends them once they have answered what they were given. */
    async close(): Promise<void> {
      await Promise.all(places.map((place) => place.close()));
    },
    /** Of those that run. */
    pids: (): number[] => places.flatMap((place) => place.pid() ?? []),
  };
}

/** One process at a time, and the next one when it dies. */
function openPlace() {
  let child: ChildProcess | undefined;
  let given: Given[] = [];

  function start() {
    // No environment: neither its secrets nor its NODE_OPTIONS are wanted there.
    const started = spawn(process.execPath, [program], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
    started.stdin.on('error', () => undefined); // the process is gone, as `close` will tell
    createInterface(started.stdout).on('line', (line) => given.shift()?.answer(line));
    started.on('error', () => undefined); // it could not start; `close` follows
    started.on('close', () => {
      child = undefined;
      const left = given;
      given = [];
      for (const task of left) give(task);
    });
    return started;
  }

  function give(task: Given) {
    if (task.tries === TRIES) return task.fail(new Error('the processes that hash passwords die'));
    child ??= start();
    given.push({ ...task, tries: task.tries + 1 });
    child.stdin?.write(task.line);
  }

  return {
    give,
    load: () => given.length,
    pid: () => child?.pid,
    close: () =>
      new Promise<void>((closed) => {
        if (!child) return closed();
        child.on('close', () => closed());
        child.stdin?.end();
      }),
  };
}
