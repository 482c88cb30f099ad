import { type App, transact } from '../../platform/app.ts';
import { earliest, later } from '../../platform/clock.ts';
import { refuseImpersonation } from '../../platform/impersonation.ts';
import { record } from '../audit/index.ts';
import { actingCompanyUser, companyUserAtLogIn } from '../companies/index.ts';
import { type Customer, lockCustomer, type Shopper } from '../customers/index.ts';
import { lockStaff, type StaffUser } from '../staff/index.ts';
import {
  type AccessToken,
  DEFAULT_CLIENT,
  findRefreshToken,
  type Grant,
  isOver,
  isRevoked,
  issueAccessToken,
  issueRefreshToken,
  makeRefreshToken,
  redeemRefreshToken,
  refreshRefused,
  type RefreshToken,
  type Subject,
} from '../tokens/index.ts';
import { signInRefused } from './problems.ts';
import { type Credentials, signInWith } from './sign-in.ts';
import { signInStaff, type StaffCredentials } from './sign-in-staff.ts';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds the access token lives. */
  expiresIn: number;
}

/** What the scopes of a token say about who it is for. */
export const scopes = {
  customer: ['customer'],
  companyUser: ['company_user'],
  agent: ['agent'],
  impersonation: ['customer_impersonation', 'customer'],
  staff: ['user', 'back-office-user'],
} as const;

/** Whom a token is for; everything that may be there at once is an agent who acts for a customer who acts for a company. */
interface Holder {
  customer?: Pick<Shopper, 'id' | 'reference' | 'number'> | undefined;
  companyUserId?: string | null | undefined;
  staff?: StaffUser | undefined;
  /** When an agent's acting for the customer ends; no token of it lives longer. */
  endsAt?: Date | undefined;
}

/** Logs in with address and password and returns tokens. Throws what `signIn` throws. */
export async function signInForTokens(
  app: App,
  credentials: Credentials,
): Promise<TokenPair & { companyUserId: string | null }> {
  const { accessToken, refreshToken, companyUserId } = await signInWith(
    app,
    credentials,
    async (app, customer, companyUserId) => {
      const grant = { client: DEFAULT_CLIENT, scopes: scopes.customer, customerId: customer.id, companyUserId };
      const { token, row } = makeRefreshToken(app, grant);
      const accessToken = await issueAccessToken(
        app,
        subjectOf({ customer, companyUserId }, scopes.customer),
        scopes.customer,
        DEFAULT_CLIENT,
      );
      return { accessToken, refreshToken: token, refresh: row, companyUserId };
    },
  );
  return { accessToken, refreshToken, companyUserId, expiresIn: app.config.ACCESS_TOKEN_SECONDS };
}

/** Logs a staff user in, as an agent in the shop or at the back office's interface. Throws what `signInStaff` throws. */
export async function signInStaffForTokens(app: App, credentials: StaffCredentials): Promise<TokenPair> {
  return signInStaff(app, credentials, (app, staff) =>
    issuePair(app, { staff }, credentials.door === 'agent' ? scopes.agent : scopes.staff),
  );
}

/**
 * Tokens with which a customer acts as one of their company users.
 *
 * @throws {@link signInRefused} when it is not theirs, or may not act.
 */
export async function switchCompanyUser(
  app: App,
  { customer, staff, token }: { customer: Shopper; staff?: StaffUser | undefined; token: AccessToken },
  companyUserId: string,
): Promise<TokenPair> {
  return transact(app, async (app) => {
    // Held, so that a change of password or a lock has either ended the token that asks, or will end the new ones.
    const held = await lockCustomer(app.db, customer.id);
    if (!held || held.state === 'locked' || isOver(held, token)) throw signInRefused({});
    const agent = staff && (await lockStaff(app.db, staff.id))?.user;
    if (staff && !(agent && mayHold(agent, token.scopes))) throw signInRefused({});
    const user = await actingCompanyUser(app.db, customer.id, companyUserId);
    if (!user) throw signInRefused({});
    await record(app, {
      action: 'companies.user-chosen',
      customerId: customer.id,
      facts: { companyUser: user.id, company: user.companyId },
    });
    const endsAt = staff && earliest(token.expiresAt, later(app.now(), app.config.IMPERSONATION_SECONDS));
    return issuePair(app, { customer, staff, companyUserId: user.id, endsAt }, scopes.companyUser);
  });
}

/** Tokens with which an agent acts for a customer until `endsAt`. */
export async function issueImpersonation(
  app: App,
  { staff, customer, endsAt }: { staff: StaffUser; customer: Customer; endsAt: Date },
): Promise<TokenPair> {
  const companyUserId = await companyUserAtLogIn(app.db, customer.id);
  return issuePair(app, { staff, customer, companyUserId, endsAt }, scopes.impersonation);
}

/**
 * Exchanges a refresh token for a new pair; the old one is spent.
 *
 * @throws {@link refreshRefused}; {@link notWhileImpersonating} to an agent who acts for a customer, for other tokens of
 * customers than those of that.
 */
export async function refreshTokens(app: App, token: string): Promise<TokenPair> {
  await refuseForeignGrant(app, token);
  // Outside the transaction: what a reuse revokes must stay revoked although the exchange fails.
  const grant = await redeemRefreshToken(app, token);
  return transact(app, async (app) => {
    const holder = await holderOf(app, grant);
    if (await isRevoked(app, token)) throw refreshRefused({});
    return issuePair(app, holder, grant.scopes, grant);
  });
}

async function refuseForeignGrant(app: App, token: string): Promise<void> {
  const { actingFor, actorId } = app.origin;
  if (actingFor === undefined) return;
  const grant = await findRefreshToken(app, token);
  const isTheirs = grant?.staffId === actorId && (grant?.customerId ?? actingFor) === actingFor;
  if (grant && !isTheirs) refuseImpersonation(app);
}

/** Whom a spent token was for, if all of them still may hold one. */
async function holderOf(app: App, grant: RefreshToken): Promise<Holder> {
  // With the customer held, whatever ends log-ins has either ended this one already or will end the new token too.
  const customer = grant.customerId ? await lockCustomer(app.db, grant.customerId) : undefined;
  if (grant.customerId && customer?.state !== 'active' && customer?.state !== 'unverified') throw refreshRefused({});
  const staff = grant.staffId ? (await lockStaff(app.db, grant.staffId))?.user : undefined;
  if (grant.staffId && !(staff && mayHold(staff, grant.scopes))) throw refreshRefused({});
  // What began as acting for a customer ends when that was to end, however often it is refreshed.
  const endsAt = customer && staff ? grant.expiresAt : undefined;
  return { customer, staff, companyUserId: await stillActing(app, grant), endsAt };
}

/** Whoever was a company user and may not be one any more goes on as a plain customer. */
async function stillActing(app: App, { customerId, companyUserId }: RefreshToken): Promise<string | null> {
  if (!customerId || !companyUserId) return null;
  return (await actingCompanyUser(app.db, customerId, companyUserId))?.id ?? null;
}

/** Whether a staff user may hold a token of these scopes. */
export const mayHold = ({ state, isAgent }: StaffUser, scopes: readonly string[]): boolean =>
  state === 'active' && (isAgent || scopes.includes('user'));

async function issuePair(
  app: App,
  holder: Holder,
  scopes: readonly string[],
  from: Pick<Grant, 'client' | 'familyId'> = { client: DEFAULT_CLIENT },
): Promise<TokenPair> {
  const { client, familyId } = from;
  const { endsAt } = holder;
  const accessToken = await issueAccessToken(app, subjectOf(holder, scopes), scopes, client, endsAt);
  const refreshToken = await issueRefreshToken(app, {
    client,
    scopes,
    customerId: holder.customer?.id ?? null,
    staffId: holder.staff?.id ?? null,
    companyUserId: holder.companyUserId ?? null,
    ...(familyId ? { familyId } : {}),
    ...(endsAt ? { endsAt } : {}),
  });
  const left = endsAt ? Math.ceil((endsAt.getTime() - app.now().getTime()) / 1000) : Infinity;
  return { accessToken, refreshToken, expiresIn: Math.min(app.config.ACCESS_TOKEN_SECONDS, left) };
}

function subjectOf({ customer, companyUserId, staff }: Holder, scopes: readonly string[]): Subject {
  if (staff && scopes.includes('user')) return { user_reference: staff.email, id_user: staff.number, uuid: staff.id };
  return {
    customer_reference: customer?.reference ?? null,
    id_customer: customer?.number ?? null,
    id_company_user: companyUserId ?? null,
    id_agent: staff?.number ?? null,
    permissions: null,
  };
}
