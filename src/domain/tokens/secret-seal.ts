import { type App, transact } from '../../platform/app.ts';
import { decryptAtRest, encrypt, opens, type Secrets } from '../../platform/crypto/secrets.ts';
import type { Db } from '../../platform/database/open.ts';
import { startRefused } from '../../platform/problem.ts';
import { record } from '../audit/index.ts';
import {
  deleteSigningKeys,
  insertSeal,
  newestPrivateKey,
  replacePrivateKeys,
  selectSeal,
  selectSealForUpdate,
  signingKeys,
  upsertSeal,
} from './queries.ts';

/** What is sealed does not matter, only whether it can be opened. */
const SEALED = 'clientele';

/** Which secret a database belongs to: of those we have, or another one. */
export type SealState = 'current' | 'previous' | 'other';

const stateOf = ({ atRest, previous }: Secrets, sealed: Buffer): SealState =>
  opens(atRest, sealed) ? 'current' : previous && opens(previous.atRest, sealed) ? 'previous' : 'other';

/** Returns which secret the database belongs to, or undefined if it was never bound to one. */
export async function readSeal(db: Db, secrets: Secrets): Promise<SealState | undefined> {
  // A database from before there were seals may have a signing key, which is encrypted as a seal is.
  const sealed = (await selectSeal(db)) ?? (await newestPrivateKey(db));
  return sealed && stateOf(secrets, sealed);
}

/**
 * Binds the database to our secret at the first start; at each later one checks that it is the same.
 *
 * @throws {@link startRefused} if the database belongs to another secret.
 */
export async function bindSecret(db: Db, secrets: Secrets, now: Date): Promise<void> {
  const state = await readSeal(db, secrets);
  if (state === undefined || (state !== 'other' && !(await selectSeal(db)))) {
    const keys = state === 'previous' && secrets.previous ? secrets.previous : secrets;
    await insertSeal(db, encrypt(keys.atRest, SEALED), now);
    // Of two first starts with different secrets, one has bound it.
    return bindSecret(db, secrets, now);
  }
  if (state === 'other') throw startRefused({ reason: otherSecret(secrets) });
}

const otherSecret = ({ file }: Secrets) =>
  [
    `${file === undefined ? 'SECRET' : `The secret in ${file}`} is not the one this database belongs to.`,
    file === undefined
      ? '  Set SECRET to the value it had before.'
      : '  Restore the file from the backup of the database, or set SECRET to the value it had before.',
    '  To change it, keep the one before as SECRET_PREVIOUS and run `clientele secret:rotate`.',
    '  If it is lost, `clientele secret:reset` says what is lost with it.',
  ].join('\n');

/**
 * Encrypts what is at rest with the current secret and binds the database to it. All instances must accept both secrets
 * by then. Returns the number of keys, or undefined if the database is bound to the current secret already.
 */
export function rotateSecret(app: App): Promise<number | undefined> {
  return transact(app, async (app) => {
    const sealed = await selectSealForUpdate(app.db);
    if (sealed && stateOf(app.secrets, sealed) === 'current') return undefined;
    const keys = await signingKeys(app.db);
    await replacePrivateKeys(
      app.db,
      keys.map(({ id, privateKey }) => ({
        id,
        privateKey: encrypt(app.secrets.atRest, decryptAtRest(app.secrets, privateKey)),
      })),
    );
    await upsertSeal(app.db, encrypt(app.secrets.atRest, SEALED), app.now());
    await record(app, { action: 'secrets.rotated', facts: { keys: keys.length } });
    return keys.length;
  });
}

/** Binds the database to the current secret without the one before: keys that only that one decrypts are removed. */
export async function resetSecret(app: App): Promise<number> {
  return transact(app, async (app) => {
    await selectSealForUpdate(app.db);
    const lost = (await signingKeys(app.db)).filter(({ privateKey }) => !opens(app.secrets.atRest, privateKey));
    await deleteSigningKeys(
      app.db,
      lost.map(({ id }) => id),
    );
    await upsertSeal(app.db, encrypt(app.secrets.atRest, SEALED), app.now());
    await record(app, { action: 'secrets.reset', facts: { keys: lost.length } });
    return lost.length;
  });
}
