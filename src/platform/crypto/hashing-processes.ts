import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Options } from '@node-rs/argon2';

/** A password to hash, or to compare with a stored hash. */
export type Task = { password: string; options: Options } | { password: string; stored: string };
export type Answer = { hash: string } | { verified: boolean } | { error: string };

interface Given {
  task: Task;
  answer(answer: Answer): void;
  fail(error: Error): void;
  tries: number;
}

/** Tasks a process may have in hand: those it computes, and as many again so that it never waits for one. */
export const IN_HAND = 8;

/** A task whose process died, for want of memory say, is given to the next one; twice is enough. */
const TRIES = 2;

const program = fileURLToPath(new URL(`hashing-process${extname(import.meta.url)}`, import.meta.url));

/**
 * Processes that compute argon2id, each started with its first task.
 *
 * A computation takes 19 MiB from the kernel and gives them back. Threads of one process wait for each other there, and
 * its event loop with them; processes do not, which saves a tenth of a log-in (docs/decisions/0009).
 */
export function openHashingProcesses(count: number) {
  const places = Array.from({ length: count }, openPlace);

  /** Rejects when the processes that compute it die. */
  function compute(task: Task): Promise<Answer> {
    const freest = places.reduce((best, place) => (place.load() < best.load() ? place : best));
    return new Promise((answer, fail) => freest.give({ task, answer, fail, tries: 0 }));
  }

  return {
    async hash(password: string, options: Options): Promise<string> {
      const answer = await compute({ password, options });
      if ('hash' in answer) return answer.hash;
      throw new Error(`a password cannot be hashed: ${'error' in answer ? answer.error : 'no hash'}`);
    },
    /** False for a hash that cannot be read. */
    async verify(stored: string, password: string): Promise<boolean> {
      const answer = await compute({ password, stored });
      return 'verified' in answer && answer.verified;
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
  let closing = false;

  function start() {
    // Without our environment: neither its secrets nor its NODE_OPTIONS are wanted there.
    const started = spawn(process.execPath, [program], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
    started.stdin.on('error', () => undefined); // it is gone, as `close` will say
    started.on('error', () => undefined); // it could not start, as `close` will say
    createInterface(started.stdout).on('line', (line) => given.shift()?.answer(JSON.parse(line) as Answer));
    started.on('close', () => {
      child = undefined;
      const left = given;
      given = [];
      for (const task of left) give(task);
    });
    return started;
  }

  function give(one: Given) {
    if (one.tries === TRIES || closing) return one.fail(new Error('the processes that hash passwords die'));
    child ??= start();
    given.push({ ...one, tries: one.tries + 1 });
    child.stdin?.write(`${JSON.stringify(one.task)}\n`);
  }

  return {
    give,
    load: () => given.length,
    pid: () => child?.pid,
    close: () =>
      new Promise<void>((closed) => {
        closing = true;
        if (!child) return closed();
        child.on('close', () => closed());
        child.stdin?.end();
      }),
  };
}
