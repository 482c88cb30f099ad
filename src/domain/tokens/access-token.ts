import { randomBytes } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { ALGORITHM, signJwt } from '../../platform/crypto/jwt.ts';
import { accessTokenInvalid } from './problems.ts';
import { loadKeys } from './signing-keys.ts';

/** Seconds by which two machines' clocks may differ. */
const CLOCK_SKEW_SECONDS = 30;

/** Milliseconds a verified token is remembered; RS256 verifies at 28,000 a second, a look-up is free. */
const REMEMBERED_MS = 600_000;

/** OAuth client of tokens that were asked for without naming one. */
export const DEFAULT_CLIENT = 'frontend';

/** Whom a token speaks for. The names are those of the `sub` claim, which clients parse. */
const ShopSubject = z.object({
  customer_reference: z.string().nullable(),
  id_customer: z.number().int().nullable(),
  id_company_user: z.string().nullable(),
  id_agent: z.number().int().nullable(),
  permissions: z.null(),
});
export type ShopSubject = z.output<typeof ShopSubject>;

/** A staff user at the back office's own interface. */
const StaffSubject = z.object({ user_reference: z.string(), id_user: z.number().int(), uuid: z.uuid() });

const Subject = z.union([ShopSubject, StaffSubject]);
export type Subject = z.output<typeof Subject>;

const Claims = z.object({
  sub: z.string().transform((text, { addIssue }) => {
    try {
      return Subject.parse(JSON.parse(text));
    } catch {
      addIssue('not a subject of ours');
      return z.NEVER;
    }
  }),
  scopes: z.array(z.string()),
  iat: z.number(),
  exp: z.number(),
});

export interface AccessToken {
  subject: Subject;
  scopes: readonly string[];
  /** To the millisecond: compared with the moment of a password change. */
  issuedAt: Date;
  expiresAt: Date;
}

/** Signs an access token. `endsAt` shortens its life, for one that must not outlive something else. */
export async function issueAccessToken(
  app: App,
  subject: Subject,
  scopes: readonly string[],
  client: string,
  endsAt?: Date,
): Promise<string> {
  const { id, sign } = await loadKeys(app);
  const now = app.now().getTime() / 1000;
  const end = now + app.config.ACCESS_TOKEN_SECONDS;
  return signJwt(
    { kid: id, key: sign },
    {
      sub: JSON.stringify(subject),
      scopes,
      nbf: now,
      exp: endsAt ? Math.min(end, endsAt.getTime() / 1000) : end,
      iat: now,
      iss: issuerOf(app),
      aud: client,
      jti: randomBytes(40).toString('hex'),
    },
  );
}

/** Whether log-ins of an account were ended after something was issued to it; what was issued to nobody cannot be. */
export const isOver = (
  { accessEndedAt }: { accessEndedAt: Date | null },
  { issuedAt }: { issuedAt?: Date | undefined },
): boolean => accessEndedAt !== null && issuedAt !== undefined && issuedAt <= accessEndedAt;

/**
 * Reads an access token. Whether its customer still may use it is the caller's question.
 *
 * @throws {@link accessTokenInvalid} when it was not signed by us for us, or has expired.
 */
export async function readAccessToken(app: App, token: string): Promise<AccessToken> {
  const known = await app.memory.recall(`access token ${token}`, REMEMBERED_MS, () => verify(app, token));
  if (known.expiresAt.getTime() + CLOCK_SKEW_SECONDS * 1000 <= app.now().getTime()) throw accessTokenInvalid({});
  return known;
}

/**
 * Whether a token is spelled as it was issued: padding, blanks and the bits that base64url leaves over (RFC 4648, 3.5) would
 * make other texts of the same token.
 */
const isCanonical = (token: string): boolean =>
  token.split('.').every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part);

async function verify(app: App, token: string): Promise<AccessToken> {
  if (!isCanonical(token)) throw accessTokenInvalid({});
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyNamed(app, kid), {
      algorithms: [ALGORITHM],
      issuer: issuerOf(app),
      audience: DEFAULT_CLIENT,
      typ: 'JWT',
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: app.now(),
    });
    const { sub, scopes, iat, exp } = Claims.parse(payload);
    return { subject: sub, scopes, issuedAt: new Date(Math.round(iat * 1000)), expiresAt: new Date(exp * 1000) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) throw accessTokenInvalid({});
    throw error;
  }
}

/** A key that another instance made is looked for at most once a second, however many tokens name unknown ones. */
async function keyNamed(app: App, kid = '') {
  const known = (await loadKeys(app)).verify.get(kid);
  if (known) return known;
  const found = await app.memory.recall('signing keys, again', 1000, () => {
    app.memory.forget('signing keys');
    return loadKeys(app);
  });
  const key = found.verify.get(kid);
  if (!key) throw new errors.JWKSNoMatchingKey();
  return key;
}

const issuerOf = (app: App) => app.config.PUBLIC_URL;
