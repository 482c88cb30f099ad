import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import type { Config } from '../config.ts';
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

export function openHasher(config: Config): Hasher {
  // The library's algorithm, if none is named, is argon2id.
  const options = {
    memoryCost: config.ARGON2_MEMORY_KIB,
    timeCost: config.ARGON2_PASSES,
    parallelism: config.ARGON2_LANES,
  };
  const current = `$argon2id$v=19$m=${options.memoryCost},t=${options.timeCost},p=${options.parallelism}$`;
  const cores = availableParallelism();
  const processes = openHashingProcesses(config.HASHING_PROCESSES);
  const pass = gate({ running: Math.max(cores, IN_HAND * config.HASHING_PROCESSES), waiting: config.HASHING_QUEUE });
  const onThreads = gate({ running: cores, waiting: Number.POSITIVE_INFINITY });
  const gated = <T>(task: () => Promise<T>) => pass(() => onThreads(task));
  const shared = { isCurrent: (stored: string) => stored.startsWith(current), gated, close: processes.close };

  if (config.HASHING_PROCESSES === 0)
    return {
      ...shared,
      hash: (password) => gated(() => hash(password, options)),
      verify: (stored, password) => gated(() => verify(stored, password).catch(() => false)),
    };
  return {
    ...shared,
    hash: (password) => pass(() => processes.hash(password, options)),
    verify: (stored, password) => pass(() => processes.verify(stored, password)),
  };
}
