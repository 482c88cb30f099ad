import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { earlier } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/open.ts';
import { job } from '../../platform/jobs/job.ts';
import { hashFormat } from './hash-format.ts';
import { type HashKind, hashKind, sampleOf } from './hash-kind.ts';
import { deleteUnusedHashKinds, hashKindPrefixes, insertHashKind, upsertHashKinds } from './queries.ts';

// What the dearest imported hash in the database costs on this machine: refused sign-ins take that long, whatever is
// stored for the account (docs/decisions/0022).

interface Cost {
  /** Milliseconds of one computation on an idle machine. */
  idle: number;
  /** Milliseconds more that the slowest one took while the machine was busy. */
  delay: number;
  /** When that was. */
  at: Date;
}

/** Milliseconds after which half of a delay is forgotten: a machine that was busy for a moment is soon quick again. */
const HALF_LIFE_MS = 30_000;
/** A busy machine raises the cost up to this many times what an idle one takes. */
const MOST = 8;

const costsOf = (app: App): Promise<Map<string, Cost>> =>
  app.memory.recall('costs of imported hashes', Number.MAX_SAFE_INTEGER, async () => new Map<string, Cost>());

export const hasImportedHashes = async (app: App): Promise<boolean> => (await hashKindPrefixes(app.db)).length > 0;

/** Milliseconds that the dearest imported hash in the database takes; 0 if there is none. */
export async function dearestCost(app: App): Promise<number> {
  const kinds = (await hashKindPrefixes(app.db)).flatMap((prefix) => hashKind(prefix) ?? []);
  const costs = await costsOf(app);
  let dearest = 0;
  for (const kind of dearestOfEachFamily(kinds)) {
    if (!costs.has(kind.prefix)) await measure(app, kind);
    const cost = costs.get(kind.prefix);
    if (cost) dearest = Math.max(dearest, cost.idle + delayNow(app, cost));
  }
  return dearest;
}

/** Within a family the parameters say which one costs more, so one measurement is enough. */
function dearestOfEachFamily(kinds: readonly HashKind[]): HashKind[] {
  const dearest = new Map<string, HashKind>();
  for (const kind of kinds) {
    if (kind.work > (dearest.get(kind.family)?.work ?? 0)) dearest.set(kind.family, kind);
  }
  return [...dearest.values()];
}

/** Verifies a made-up hash of the kind, once in this process. */
async function measure(app: App, kind: HashKind): Promise<void> {
  await app.memory.recall(`cost of ${kind.prefix}`, Number.MAX_SAFE_INTEGER, async () => {
    const sample = sampleOf(kind);
    const format = hashFormat(sample) ?? 'digest';
    const { cpuMilliseconds: idle } = await app.hasher.verifyImported(format, sample, 'any password');
    (await costsOf(app)).set(kind.prefix, { idle, delay: 0, at: app.now() });
    return kind;
  });
}

/** Takes note of what verifying an imported hash took, and that there are such hashes, however they came in. */
export async function noteMeasured(app: App, stored: string, milliseconds: number, computations: number) {
  const kind = hashKind(stored);
  if (!kind) return;
  if (!(await hashKindPrefixes(app.db)).includes(kind.prefix)) await insertHashKind(app.db, kind.prefix, app.now());
  // A match may have needed fewer computations than a miss.
  if (computations === 1) await follow(app, kind, milliseconds);
}

/** A damaged hash is refused at once, so nothing lowers the cost below that of the made-up one. */
async function follow(app: App, { prefix }: HashKind, milliseconds: number) {
  const cost = (await costsOf(app)).get(prefix);
  if (!cost) return;
  const delay = Math.min(milliseconds - cost.idle, cost.idle * (MOST - 1));
  if (delay > delayNow(app, cost)) Object.assign(cost, { delay, at: app.now() });
}

const delayNow = (app: App, { delay, at }: Cost): number =>
  delay * 0.5 ** ((app.now().getTime() - at.getTime()) / HALF_LIFE_MS);

/** Takes note of kinds of hashes that come into the database, in the transaction that writes the hashes. */
export async function noteHashKinds(db: Db, prefixes: readonly string[], now: Date): Promise<void> {
  if (prefixes.length > 0) await upsertHashKinds(db, prefixes, now);
}

/** Seconds for which a kind stays although no hash of it is seen: an import may not have committed its rows yet. */
const KEPT_SECONDS = 86_400;

/** Forgets kinds of which the last hash was replaced, so refusals become faster again. */
export const sweepHashKinds = job({
  name: 'passwords.sweep-hash-kinds',
  payload: z.object({}),
  schedule: '41 3 * * *',
  async run(app) {
    const forgotten = await deleteUnusedHashKinds(app.db, earlier(app.now(), KEPT_SECONDS));
    if (forgotten.length > 0) app.log.info({ kinds: forgotten }, 'no imported hash of these kinds is left');
  },
});
