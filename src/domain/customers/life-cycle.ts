import type { App } from '../../platform/app.ts';
import { refuseImpersonation } from '../../platform/impersonation.ts';
import { voidCodes } from '../codes/index.ts';
import { deleteLinksOf } from '../links/index.ts';
import { deleteDevicesOf, deleteSessionsOf } from '../sessions/index.ts';
import { revokeAllOf } from '../tokens/index.ts';
import type { CustomerState } from './customer.ts';
import { customerLocked, transitionRefused } from './problems.ts';

/** What happens to a customer's ways in when something happens to the account. */
interface Effects {
  /** `others`: all but the session that asked. */
  sessions: 'stay' | 'others' | 'all';
  devices: 'stay' | 'all';
  refreshTokens: 'stay' | 'all';
  links: 'stay' | 'all';
}

interface Transition {
  from: readonly CustomerState[];
  /** Undefined: back to what the account was, or no change of state. */
  to?: CustomerState;
  effects: Effects;
}

const nothing: Effects = { sessions: 'stay', devices: 'stay', refreshTokens: 'stay', links: 'stay' };
const otherAccess: Effects = { sessions: 'others', devices: 'all', refreshTokens: 'all', links: 'all' };
const allAccess: Effects = { sessions: 'all', devices: 'all', refreshTokens: 'all', links: 'all' };
const alive = ['invited', 'unverified', 'active'] as const;

/**
 * The published state machine of an account: which event leads where, and what it ends.
 *
 * A customer who has no password yet is `invited`; `lock` and `unlock` are for staff; nothing leads out of `anonymized`.
 * Access tokens end with the password (their `iat` is compared with its change), a lock and anonymization.
 */
export const lifeCycle = {
  confirm: { from: ['unverified', 'invited'], effects: { ...nothing, links: 'all' } },
  'set-password': { from: alive, to: 'active', effects: allAccess },
  'change-password': { from: ['unverified', 'active'], effects: otherAccess },
  'change-email': { from: alive, effects: { ...nothing, links: 'all' } },
  'revoke-password': { from: [...alive, 'locked'], effects: allAccess },
  lock: { from: alive, to: 'locked', effects: allAccess },
  unlock: { from: ['locked'], effects: nothing },
  anonymize: { from: [...alive, 'locked'], to: 'anonymized', effects: allAccess },
} as const satisfies Record<string, Transition>;

export type LifeCycleEvent = keyof typeof lifeCycle;

/**
 * Checks that an event may happen to an account in this state.
 *
 * @throws {@link customerLocked} or {@link transitionRefused}
 */
export function assertMay(event: LifeCycleEvent, state: CustomerState): void {
  const transition: Transition = lifeCycle[event];
  if (transition.from.includes(state)) return;
  throw state === 'locked' && event !== 'lock' ? customerLocked({}) : transitionRefused({ event, state });
}

/**
 * Ends what the event ends, in the transaction of `app`. `session` is the one that asked. Every event decides who controls
 * the account, so an agent who acts for the customer causes none of them.
 *
 * @throws {@link notWhileImpersonating}
 */
export async function applyEffects(
  app: App,
  event: LifeCycleEvent,
  customerId: string,
  session?: string,
): Promise<void> {
  refuseImpersonation(app);
  const { sessions, devices, refreshTokens, links }: Effects = lifeCycle[event].effects;
  if (sessions !== 'stay') await deleteSessionsOf(app.db, customerId, sessions === 'others' ? session : undefined);
  if (devices === 'all') await deleteDevicesOf(app.db, customerId);
  if (refreshTokens === 'all') {
    await revokeAllOf(app.db, customerId, app.now());
  }
  if (links === 'all') {
    await deleteLinksOf(app.db, customerId);
    // Codes went to the same mailbox as the links.
    await voidCodes(app, customerId);
  }
}
