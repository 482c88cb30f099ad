import { type App, transact } from '../../platform/app.ts';
import { type Customer, lockCustomer, type Shopper, shopperByReference } from '../customers/index.ts';
import {
  type AccessToken,
  accessTokenInvalid,
  DEFAULT_CLIENT,
  issueAccessToken,
  issueRefreshToken,
  isRevoked,
  makeRefreshToken,
  readAccessToken,
  redeemRefreshToken,
  refreshRefused,
} from '../tokens/index.ts';
import { type Credentials, signInWith } from './sign-in.ts';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds the access token lives. */
  expiresIn: number;
}

/** Logs in with address and password and returns tokens. Throws what `signIn` throws. */
export async function signInForTokens(app: App, credentials: Credentials): Promise<TokenPair> {
  const grant = { client: DEFAULT_CLIENT, scopes: ['customer'] };
  const { accessToken, refreshToken } = await signInWith(app, credentials, async (app, customer) => {
    const { token, row } = makeRefreshToken(app, { ...grant, customerId: customer.id });
    return { accessToken: await accessTokenOf(app, customer, grant), refreshToken: token, refresh: row };
  });
  return { accessToken, refreshToken, expiresIn: app.config.ACCESS_TOKEN_SECONDS };
}

/**
 * Exchanges a refresh token for a new pair; the old one is spent.
 *
 * @throws {@link refreshRefused}
 */
export async function refreshTokens(app: App, token: string): Promise<TokenPair> {
  // Outside the transaction: what a reuse revokes must stay revoked although the exchange fails.
  const grant = await redeemRefreshToken(app, token);
  return transact(app, async (app) => {
    // With the customer held, whatever ends log-ins has either ended this one already or will end the new token too.
    const customer = await lockCustomer(app.db, grant.customerId);
    if (customer?.state !== 'active' && customer?.state !== 'unverified') throw refreshRefused({});
    if (await isRevoked(app, token)) throw refreshRefused({});
    return issuePair(app, customer, grant);
  });
}

async function issuePair(
  app: App,
  customer: Customer,
  grant: { client: string; scopes: readonly string[]; familyId?: string },
): Promise<TokenPair> {
  const accessToken = await accessTokenOf(app, customer, grant);
  const refreshToken = await issueRefreshToken(app, { ...grant, customerId: customer.id });
  return { accessToken, refreshToken, expiresIn: app.config.ACCESS_TOKEN_SECONDS };
}

function accessTokenOf(
  app: App,
  { reference, number }: Customer,
  { client, scopes }: { client: string; scopes: readonly string[] },
) {
  const nobody = { id_company_user: null, id_agent: null, permissions: null };
  return issueAccessToken(app, { customer_reference: reference, id_customer: number, ...nobody }, scopes, client);
}

export interface Bearer {
  customer: Shopper;
  token: AccessToken;
}

/**
 * The customer an access token speaks for, read in one statement.
 *
 * @throws {@link accessTokenInvalid} when the token is none of ours or has expired, when the account is anonymized or
 * locked, or when the password was changed or the account locked after the token was issued.
 */
export async function customerOfToken(app: App, text: string): Promise<Bearer> {
  const token = await readAccessToken(app, text);
  const customer = await shopperByReference(app.db, token.subject.customer_reference);
  if (!customer || customer.state === 'locked') throw accessTokenInvalid({});
  if (customer.accessEndedAt && token.issuedAt <= customer.accessEndedAt) throw accessTokenInvalid({});
  return { customer, token };
}
