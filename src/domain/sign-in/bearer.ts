import type { App } from '../../platform/app.ts';
import { type Shopper, shopperByReference } from '../customers/index.ts';
import { staffByNumber, type StaffUser } from '../staff/index.ts';
import { type AccessToken, accessTokenInvalid, isOver, readAccessToken } from '../tokens/index.ts';
import { shopperAndMfa } from './queries.ts';
import { mayHold } from './tokens.ts';

/** Who is behind an access token. */
export interface Bearer {
  token: AccessToken;
  /** The customer who acts, or for whom an agent does. */
  customer: Shopper | undefined;
  /** Whether the customer has an active second factor; undefined where it was not asked. */
  hasMfa: boolean | undefined;
  /** Whom the customer acts as for a company. */
  companyUserId: string | null;
  /** The agent, or at the back office's interface the staff user. */
  staff: StaffUser | undefined;
}

/**
 * The people an access token speaks for; one statement for a customer's. With `asksMfa` it finds out about a second factor
 * too, for a change that may ask for one.
 *
 * @throws {@link accessTokenInvalid} when the token is none of ours or has expired, when an account behind it is gone or
 * locked, or when its password was changed or its log-ins were ended after the token was issued.
 */
export async function bearerOfToken(app: App, text: string, { asksMfa } = { asksMfa: false }): Promise<Bearer> {
  const token = await readAccessToken(app, text);
  const { subject } = token;
  if ('id_user' in subject)
    return {
      token,
      customer: undefined,
      hasMfa: undefined,
      companyUserId: null,
      staff: await staffOf(app, token, subject.id_user),
    };
  const { customer_reference: reference, id_agent: agent, id_company_user: companyUserId } = subject;
  if (reference === null && agent === null) throw accessTokenInvalid({});
  const known = reference === null ? undefined : await customerOf(app, token, reference, asksMfa);
  return {
    token,
    customer: known?.customer,
    hasMfa: known?.hasMfa,
    companyUserId,
    staff: agent === null ? undefined : await staffOf(app, token, agent),
  };
}

async function customerOf(app: App, token: AccessToken, reference: string, asksMfa: boolean) {
  const { customer, hasMfa } = asksMfa
    ? await shopperAndMfa(app.db, reference)
    : { customer: await shopperByReference(app.db, reference), hasMfa: undefined };
  if (!customer || customer.state === 'locked') throw accessTokenInvalid({});
  if (isOver(customer, token)) throw accessTokenInvalid({ isEnded: true });
  return { customer, hasMfa };
}

async function staffOf(app: App, token: AccessToken, number: number): Promise<StaffUser> {
  const staff = await staffByNumber(app.db, number);
  if (!staff || !mayHold(staff, token.scopes)) throw accessTokenInvalid({});
  if (isOver(staff, token)) throw accessTokenInvalid({ isEnded: true });
  return staff;
}
