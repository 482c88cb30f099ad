import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { voidCodes } from '../codes/index.ts';
import { revokeAllOfStaff } from '../tokens/index.ts';
import { assertRoles } from './create.ts';
import { lastAdministrator, staffNotFound } from './problems.ts';
import { addRole, hasAdministrator, removeRole, rulesOf, staffByEmail, updateStaffUser } from './queries.ts';
import { allows, type Right } from './rights.ts';
import type { StaffState, StaffUser } from './staff-user.ts';

export interface Grant {
  /** Roles to give. */
  roles?: readonly string[];
  /** Roles to take. */
  withdraw?: readonly string[];
  isAgent?: boolean;
  state?: StaffState;
}

/**
 * Changes what a staff user may do. Blocked and deleted users lose their tokens at once, as do agents who are none any
 * more.
 *
 * @throws {@link staffNotFound}, {@link staffRoleUnknown}, {@link lastAdministrator}
 */
export async function grantStaff(
  app: App,
  email: string,
  { roles = [], withdraw = [], isAgent, state }: Grant,
): Promise<StaffUser> {
  return transact(app, async (app) => {
    const user = await staffByEmail(app.db, email);
    if (!user) throw staffNotFound({});
    await assertRoles(app, [...roles, ...withdraw]);
    const hadAdministrator = await hasAdministrator(app.db);
    for (const role of roles) await addRole(app.db, user.id, role);
    for (const role of withdraw) await removeRole(app.db, user.id, role);
    const ends = (state !== undefined && state !== 'active') || (user.isAgent && isAgent === false);
    const now = app.now();
    await updateStaffUser(app.db, user.id, {
      ...(isAgent === undefined ? {} : { isAgent }),
      ...(state === undefined ? {} : { state }),
      ...(ends ? { accessEndedAt: now } : {}),
      updatedAt: now,
    });
    if (hadAdministrator && !(await hasAdministrator(app.db))) throw lastAdministrator({});
    if (ends) {
      await revokeAllOfStaff(app.db, user.id, now);
      await voidCodes(app, user.id);
    }
    await record(app, { action: 'staff.granted', facts: { staff: user.id, roles, withdraw, isAgent, state } });
    return { ...user, isAgent: isAgent ?? user.isAgent, state: state ?? user.state };
  });
}

/** Whether a staff user may do something: active, and allowed by a role, and denied by none. */
export async function mayStaff(app: App, user: StaffUser, right: Right): Promise<boolean> {
  return user.state === 'active' && allows(await rulesOf(app.db, user.id), right);
}
