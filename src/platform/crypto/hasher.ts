import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { gate } from './gate.ts';
import { IN_HAND, openHashingProcesses } from './hashing-processes.ts';

/** Hashes passwords with argon2id off the event loop, a bounded number at a time. */
export interface Hasher {
  /** @throws {@link overloaded} when too many computations wait. */
  hash(password: string): Promise<string>;
  /** False for a hash that cannot be read. */
  verify(hash: string, password: string): Promise<boolean>;
  /** Whether a hash was made with today's algorithm and parameters. */
  isCurrent(hash: string): boolean;
  /** Runs another slow computation under the same bounds, on libuv's threads. */
  gated<T>(task: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Milliseconds a computation may wait for its turn: far less than attempts at a log-in are counted as being verified. */
const PATIENCE_MS = 10_000;

export function openHasher(config: Config, log: Log): Hasher {
  // The library's algorithm, if none is named, is argon2id.
  const options = {
    memoryCost: config.ARGON2_MEMORY_KIB,
    timeCost: config.ARGON2_PASSES,
    parallelism: config.ARGON2_LANES,
  };
  const current = `$argon2id$v=19$m=${options.memoryCost},t=${options.timeCost},p=${options.parallelism}$`;
  const isCurrent = (stored: string) => stored.startsWith(current);
  const cores = availableParallelism();
  const processes = openHashingProcesses(config.HASHING_PROCESSES, log);
  const pass = gate({
    running: Math.max(cores, IN_HAND * config.HASHING_PROCESSES),
    waiting: config.HASHING_QUEUE,
    patienceMs: PATIENCE_MS,
  });
  const onThreads = gate({ running: cores, waiting: Number.POSITIVE_INFINITY });
  const gated = <T>(task: () => Promise<T>) => pass(() => onThreads(task));
  /** In a process; on a thread where there is none. */
  const either = <T>(inProcess: () => Promise<T>, onThread: () => Promise<T>) =>
    pass(() => inProcess().catch(() => onThreads(onThread)));
  const verifyHere = (stored: string, password: string) => verify(stored, password).catch(() => false);

  return {
    hash: (password) =>
      either(
        () => processes.hash(password, options),
        () => hash(password, options),
      ),
    verify: (stored, password) =>
      // What somebody else hashed may take a hundred times as long; the tasks behind it must not wait for it.
      isCurrent(stored)
        ? either(
            () => processes.verify(stored, password),
            () => verifyHere(stored, password),
          )
        : gated(() => verifyHere(stored, password)),
    isCurrent,
    gated,
    close: processes.close,
  };
}
