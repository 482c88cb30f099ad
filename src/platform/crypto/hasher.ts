import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import type { Config } from '../config.ts';
import { gate } from './gate.ts';

/** Hashes passwords with argon2id on libuv's threads, a bounded number at a time. */
export interface Hasher {
  /** @throws {@link overloaded} when too many computations wait. */
  hash(password: string): Promise<string>;
  /** False for a hash that cannot be read. */
  verify(hash: string, password: string): Promise<boolean>;
  /** Whether a hash was made with today's algorithm and parameters. */
  isCurrent(hash: string): boolean;
  /** Runs another slow computation under the same bounds. */
  gated<T>(task: () => Promise<T>): Promise<T>;
}

export function openHasher(config: Config): Hasher {
  // The library's algorithm, if none is named, is argon2id.
  const options = {
    memoryCost: config.ARGON2_MEMORY_KIB,
    timeCost: config.ARGON2_PASSES,
    parallelism: config.ARGON2_LANES,
  };
  const current = `$argon2id$v=19$m=${options.memoryCost},t=${options.timeCost},p=${options.parallelism}$`;
  const gated = gate({ running: availableParallelism(), waiting: config.HASHING_QUEUE });

  return {
    hash: (password) => gated(() => hash(password, options)),
    verify: (stored, password) => gated(() => verify(stored, password).catch(() => false)),
    isCurrent: (stored) => stored.startsWith(current),
    gated,
  };
}
