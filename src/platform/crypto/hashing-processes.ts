import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Options } from '@node-rs/argon2';
import type { Log } from '../log.ts';
import type { ImportedFormat, Match } from './imported-hashes.ts';

/** A password to hash, or to compare with a stored hash of ours or of another shop. */
export type Task =
  | { password: string; options: Options }
  | { password: string; stored: string }
  | { password: string; stored: string; format: ImportedFormat };
/** How far a password matches an imported hash, and what finding out took. */
export interface ImportedMatch {
  match: Match;
  milliseconds: number;
  /** Of a core: what it would have taken on an idle machine. */
  cpuMilliseconds: number;
}
export type Answer = { hash: string } | { verified: boolean } | ImportedMatch | { error: string };

interface Given {
  answer(answer: Answer): void;
  fail(error: Error): void;
}

/** Tasks a process may have in hand: those it computes, and as many again so that it never waits for one. */
export const IN_HAND = 8;

/** Milliseconds after which a process that owes an answer is taken for stuck. */
const TIMEOUT_MS = 10_000;

/** Milliseconds before another process takes the place of one that died: what killed it may still be there. */
const REST_MS = 5000;

const program = fileURLToPath(new URL(`hashing-process${extname(import.meta.url)}`, import.meta.url));

/**
 * Processes that hash and verify passwords, each started with its first task.
 *
 * A computation takes 19 MiB from the kernel and gives them back. Threads of one process wait for each other there, and
 * its event loop with them; processes do not, which saves a tenth of a log-in (docs/decisions/0009).
 *
 * What they cannot compute, because one died or cannot be started, is rejected: the caller has threads.
 */
export function openHashingProcesses(count: number, log: Log, now = () => performance.now(), timeoutMs = TIMEOUT_MS) {
  const places = Array.from({ length: count }, () => openPlace(log, now, timeoutMs));

  async function compute(task: Task): Promise<Answer> {
    const [freest] = places.toSorted((a, b) => a.load() - b.load());
    if (!freest) throw new Error('there is no process that hashes passwords');
    return freest.give(task);
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
    /** Of an imported hash. */
    async verifyImported(format: ImportedFormat, stored: string, password: string): Promise<ImportedMatch> {
      const answer = await compute({ password, stored, format });
      if ('match' in answer) return answer;
      throw new Error('an imported hash cannot be verified');
    },
    /** Ends them once they have answered what they were given. */
    async close(): Promise<void> {
      await Promise.all(places.map((place) => place.close()));
    },
    /** Of those that run. */
    pids: (): number[] => places.flatMap((place) => place.pid() ?? []),
  };
}

/** One process at a time, and some time after it died the next one. */
function openPlace(log: Log, now: () => number, timeoutMs: number) {
  let child: ChildProcess | undefined;
  let given: Given[] = [];
  let restsUntil = Number.NEGATIVE_INFINITY;
  let closing: (() => void) | undefined;
  const watchdog = setTimeout(() => {
    if (given.length > 0 || closing) child?.kill('SIGKILL');
  }, timeoutMs).unref();

  function start() {
    // Without our environment: neither its secrets nor its NODE_OPTIONS are wanted there.
    const started = spawn(process.execPath, [program], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
    child = started;
    started.on('error', ({ message }) => ended({ error: message }));
    started.on('close', (code, signal) => ended({ code, signal }));
    // Without a descriptor left there are no pipes; `error` follows.
    started.stdin?.on('error', () => undefined);
    if (started.stdout) createInterface(started.stdout).on('line', heard);

    function ended(how: object) {
      if (child !== started) return;
      child = undefined;
      if (closing) return closing();
      restsUntil = now() + REST_MS;
      log.warn(how, 'a process that hashes passwords died; threads do its work for a while');
      const left = given;
      given = [];
      for (const { fail } of left) fail(new Error('the process that hashed this password died'));
    }
  }

  function heard(line: string) {
    watchdog.refresh();
    // One that is killed while it answers leaves half a line.
    if (line.endsWith('}')) given.shift()?.answer(JSON.parse(line) as Answer);
  }

  return {
    /** Throws where no process can be started. */
    give: (task: Task): Promise<Answer> =>
      new Promise((answer, fail) => {
        if (closing || now() < restsUntil) throw new Error('no process hashes passwords now');
        if (!child) start();
        if (given.length === 0) watchdog.refresh();
        given.push({ answer, fail });
        child?.stdin?.write(`${JSON.stringify(task)}\n`);
      }),
    load: () => (now() < restsUntil ? Number.POSITIVE_INFINITY : given.length),
    pid: () => child?.pid,
    close: () =>
      new Promise<void>((closed) => {
        closing = closed;
        if (!child) return closed();
        watchdog.refresh();
        child.stdin?.end();
      }),
  };
}
