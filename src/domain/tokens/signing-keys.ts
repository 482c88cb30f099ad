import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { ALGORITHM } from '../../platform/crypto/jwt.ts';
import { decryptAtRest, encrypt } from '../../platform/crypto/secrets.ts';
import { newId } from '../../platform/id.ts';
import { record } from '../audit/index.ts';
import { insertSigningKey, signingKeys } from './queries.ts';
import { secretRotating } from './problems.ts';
import { readSeal } from './secret-seal.ts';

/** Another instance's new key is known here after this time at the latest, and at once when a token names it. */
const REMEMBERED_MS = 60_000;

interface Keys {
  /** The newest key, which signs. */
  id: string;
  sign: KeyObject;
  /** Every key that verifies, by its id. */
  verify: Map<string, CryptoKey>;
}

const Jwk = z.record(z.string(), z.unknown());

/** The keys of this installation; the first is made when none is there. */
export const loadKeys = (app: App): Promise<Keys> =>
  app.memory.recall('signing keys', REMEMBERED_MS, async () => {
    const stored = await signingKeys(app.db);
    const [newest] = stored.length > 0 ? stored : [await makeKey(app)];
    if (!newest) throw new Error('no signing key');
    const rows = stored.length > 0 ? stored : [newest];
    const verify = new Map(
      await Promise.all(rows.map(async ({ id, publicJwk }) => [id, await importPublic(Jwk.parse(publicJwk))] as const)),
    );
    return {
      id: newest.id,
      sign: createPrivateKey(decryptAtRest(app.secrets, newest.privateKey)),
      verify,
    };
  });

/**
 * Adds a key that signs from now on. Tokens of the older keys stay valid.
 *
 * @throws {@link secretRotating} while instances with the secret before could not read it.
 */
export async function rotateKeys(app: App): Promise<string> {
  if ((await readSeal(app.db, app.secrets)) === 'previous') throw secretRotating({});
  const { id } = await makeKey(app);
  app.memory.forget('signing keys');
  await record(app, { action: 'tokens.key-rotated', facts: { id } });
  return id;
}

async function makeKey(app: App) {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true });
  const key = {
    id: newId(),
    privateKey: encrypt(app.secrets.atRest, await exportPKCS8(privateKey)),
    publicJwk: JSON.stringify(await exportJWK(publicKey)),
    createdAt: app.now(),
  };
  await insertSigningKey(app.db, key);
  return { ...key, publicJwk: await exportJWK(publicKey) };
}

async function importPublic(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) throw new Error('a signing key is no RSA key');
  return key;
}
