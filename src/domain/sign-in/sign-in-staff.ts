import { type App, transact } from '../../platform/app.ts';
import { emailKey } from '../../platform/mail/address.ts';
import { overloaded } from '../../platform/problem.ts';
import { record } from '../audit/index.ts';
import { delayRefusal, rehashPassword, verifyPassword } from '../passwords/index.ts';
import {
  lockStaff,
  replaceStaffHash,
  staffByEmail,
  staffCredentials,
  staffNotFound,
  type StaffUser,
} from '../staff/index.ts';
import { admitGuess, liftBlocks, rememberNetwork, UNKNOWN_NETWORK } from '../throttle/index.ts';
import { signInRefused } from './problems.ts';

export interface StaffCredentials {
  email: string;
  password: string;
  /** `agent`: only those who may act for customers. */
  door: 'agent' | 'staff-token';
}

/**
 * What a staff user's attempts are counted by. It begins with what no door lets anybody type, so that nobody counts
 * against somebody of the staff who is not at their doors.
 */
export const staffAccount = (email: string): string => `\0staff ${emailKey(email)}`;

/**
 * Logs a staff user in; what follows from it happens in `admit`. A wrong password, an unknown address, a blocked user and
 * at the agents' door somebody who is none read the same, after about the same time.
 *
 * @throws {@link signInRefused}; {@link tooManyAttempts} while a block lasts; {@link overloaded} when too many wait.
 */
export async function signInStaff<T>(
  app: App,
  { email, password, door }: StaffCredentials,
  admit: (app: App, user: StaffUser) => Promise<T>,
): Promise<T> {
  const started = app.now().getTime();
  const known = await staffCredentials(app.db, email);
  const network = app.origin.network ?? UNKNOWN_NETWORK;
  const admission = await admitGuess(app, { door, account: staffAccount(email), network });
  const giveUp = () => admission.succeeded(app, { clear: false });
  try {
    const { matches, outdated, waitedMs } = await verifyPassword(app, known?.passwordHash, password);
    const user = known?.user;
    if (!known || !user || !matches || !mayEnter(user, door)) {
      await transact(app, async (app) => {
        const { blocked } = await admission.failed(app);
        await record(app, {
          action: 'staff.sign-in-refused',
          facts: { door, blocked, ...(user ? { staff: user.id } : {}) },
        });
      });
      await delayRefusal(app, { account: staffAccount(email), password, started, waitedMs });
      throw signInRefused({});
    }
    const better = outdated ? await rehashPassword(app, password) : undefined;
    const admitted = await transact(asStaff(app, user), async (app) => {
      // What was read before the password was verified must still hold.
      const held = await lockStaff(app.db, user.id);
      if (!held || !mayEnter(held.user, door) || held.passwordHash !== known.passwordHash) throw signInRefused({});
      // The agents' door keeps the numbers of its contract: success forgets nothing.
      await admission.succeeded(app, { clear: door !== 'agent' });
      await rememberNetwork(app, admission);
      if (better) await replaceStaffHash(app.db, user.id, known.passwordHash, better);
      await record(app, { action: 'staff.signed-in', facts: { door, staff: user.id } });
      return admit(app, user);
    });
    app.metrics.signInEnded(door, 'succeeded');
    return admitted;
  } catch (error) {
    if (overloaded.is(error)) await giveUp();
    throw error;
  }
}

const mayEnter = ({ state, isAgent }: StaffUser, door: StaffCredentials['door']): boolean =>
  state === 'active' && (door !== 'agent' || isAgent);

const asStaff = (app: App, { id, isAgent }: StaffUser): App => ({
  ...app,
  origin: { ...app.origin, actor: isAgent ? 'agent' : 'staff', actorId: id },
});

/** Lifts the blocks of a staff user. */
export async function unblockStaff(app: App, email: string): Promise<void> {
  await transact(app, async (app) => {
    const user = await staffByEmail(app.db, email);
    if (!user) throw staffNotFound({});
    await liftBlocks(app, staffAccount(user.email));
    await record(app, { action: 'staff.unblocked', facts: { staff: user.id } });
  });
}
