import { type App, transact } from '../../platform/app.ts';
import { type Customer, customerByReference, lockCustomer } from '../customers/index.ts';
import {
  type AccessToken,
  accessTokenInvalid,
  DEFAULT_CLIENT,
  issueAccessToken,
  issueRefreshToken,
  isRevoked,
  readAccessToken,
  redeemRefreshToken,
  refreshRefused,
} from '../tokens/index.ts';
import { type Credentials, signIn } from './sign-in.ts';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds the access token lives. */
  expiresIn: number;
}

/** Logs in with address and password and returns tokens. Throws what `signIn` throws. */
export function signInForTokens(app: App, credentials: Credentials): Promise<TokenPair> {
  return signIn(app, credentials, (app, customer) =>
    issuePair(app, customer, { client: DEFAULT_CLIENT, scopes: ['customer'] }),
  );
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
  const subject = {
    customer_reference: customer.reference,
    id_customer: customer.number,
    id_company_user: null,
    id_agent: null,
    permissions: null,
  };
  const accessToken = await issueAccessToken(app, subject, grant.scopes, grant.client);
  const refreshToken = await issueRefreshToken(app, { ...grant, customerId: customer.id });
  return { accessToken, refreshToken, expiresIn: app.config.ACCESS_TOKEN_SECONDS };
}

export interface Bearer {
  customer: Customer;
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
  const customer = await customerByReference(app.db, token.subject.customer_reference);
  if (!customer || customer.state === 'locked') throw accessTokenInvalid({});
  if (customer.accessEndedAt && token.issuedAt <= customer.accessEndedAt) throw accessTokenInvalid({});
  return { customer, token };
}
