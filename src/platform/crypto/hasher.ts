import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { stopwatch } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { overloaded } from '../problem.ts';
import { traceStep } from '../tracing.ts';
import { type Caller, type Gate, gate } from './gate.ts';
import { IN_HAND, type ImportedMatch, openHashingProcesses } from './hashing-processes.ts';
import type { ImportedFormat } from './imported-hashes.ts';

/**
 * Hashes and verifies passwords off the event loop, a bounded number at a time, in lanes that do not wait for each
 * other (docs/decisions/0021).
 */
export interface Hasher {
  /** A hash of a new password, with argon2id. Throws {@link overloaded} if too many wait. */
  hash(password: string, caller?: Caller): Promise<string>;
  /** Whether a password belongs to one of our own hashes; false for a hash that cannot be read. */
  verify(stored: string, password: string, caller?: Caller): Promise<boolean>;
  /** How far a password matches a hash of another shop. */
  verifyImported(format: ImportedFormat, stored: string, password: string, caller?: Caller): Promise<ImportedMatch>;
  /** Whether a hash was made with today's algorithm and parameters. */
  isCurrent(hash: string): boolean;
  /** Whether a hash is argon2id and costs no more than today's, as after the parameters were raised. */
  isOwn(hash: string): boolean;
  readonly lanes: Lanes;
  close(): Promise<void>;
}

export interface Lanes {
  /** Verifies our own hashes. */
  readonly signIn: Gate;
  /** Hashes new passwords: of registrations, resets, changes and imports. */
  readonly newPasswords: Gate;
  /** Whole registrations, each with several statements and a hash: at most half of the database connections are theirs. */
  readonly registrations: Gate;
  /** Verifies hashes of other shops, which may take a hundred times as long. */
  readonly imported: Gate;
}

/** Milliseconds a computation may wait for its turn: far less than attempts at a log-in are counted as being verified. */
const PATIENCE_MS = 10_000;

/** Long enough for as many guesses at one account as come at once, and less than attempts are counted as being verified. */
const IMPORTED_PATIENCE_MS = 25_000;

/** New passwords a process computes and has ready; sign-ins have {@link IN_HAND}, so they get four fifths when both are many. */
const NEW_IN_HAND = 2;

/** Milliseconds for which a process may compute one imported hash: the dearest takes two seconds of an idle core. */
const IMPORTED_TIMEOUT_MS = 60_000;

/** @param onHashed is called with the lane of a computation and the milliseconds it took */
export function openHasher(
  config: Config,
  log: Log,
  onHashed: (lane: keyof Lanes, ms: number) => void = () => {},
): Hasher {
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
  const importedProcesses = openHashingProcesses(config.IMPORTED_HASH_PROCESSES, log, undefined, IMPORTED_TIMEOUT_MS);
  const lane = (running: number, waiting: number, patienceMs = PATIENCE_MS) => gate({ running, waiting, patienceMs });
  const lanes: Lanes = {
    signIn: lane(Math.max(cores, IN_HAND * config.HASHING_PROCESSES), config.HASHING_QUEUE),
    newPasswords: lane(Math.max(cores, NEW_IN_HAND * config.HASHING_PROCESSES), config.HASHING_QUEUE),
    registrations: lane(Math.ceil(config.DATABASE_POOL_SIZE / 2), config.HASHING_QUEUE),
    imported: lane(config.IMPORTED_HASH_PROCESSES, config.IMPORTED_HASH_QUEUE, IMPORTED_PATIENCE_MS),
  };
  const onThreads = gate({ running: cores, waiting: Number.POSITIVE_INFINITY });
  /** In a process; on a thread where there is none. */
  const either = <T>(inProcess: () => Promise<T>, onThread: () => Promise<T>) =>
    inProcess().catch(() => onThreads(onThread));

  /** Runs a computation in its lane and measures it, without the time it waits. */
  const compute = <T>(name: keyof Lanes, computation: () => Promise<T>, caller?: Caller): Promise<T> =>
    lanes[name](async () => {
      const elapsed = stopwatch();
      const result = await traceStep('password hash', () => ({ lane: name }), computation);
      onHashed(name, elapsed());
      return result;
    }, caller);

  return {
    hash: (password, caller) =>
      compute(
        'newPasswords',
        () =>
          either(
            () => processes.hash(password, options),
            () => hash(password, options),
          ),
        caller,
      ),
    verify: (stored, password, caller) =>
      compute(
        'signIn',
        () =>
          either(
            () => processes.verify(stored, password),
            () => verify(stored, password).catch(() => false),
          ),
        caller,
      ),
    verifyImported: (format, stored, password, caller) =>
      compute(
        'imported',
        () =>
          importedProcesses.verifyImported(format, stored, password).catch(() => {
            throw overloaded({ retryAfterSeconds: 5 });
          }),
        caller,
      ),
    isCurrent,
    isOwn: (stored) => isCurrent(stored) || costOf(stored) <= options.memoryCost * options.timeCost,
    lanes,
    close: async () => {
      await Promise.all([processes.close(), importedProcesses.close()]);
    },
  };
}

/** Memory times passes of an argon2id hash; infinite for every other. */
function costOf(stored: string): number {
  const { memory, passes } = /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<passes>\d+),p=1\$/.exec(stored)?.groups ?? {};
  return memory && passes ? Number(memory) * Number(passes) : Number.POSITIVE_INFINITY;
}
