import { type App, transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { emailKey, normalizeEmail } from '../../platform/mail/address.ts';
import { record } from '../audit/index.ts';
import { checkStaffPassword, hashPassword } from '../passwords/index.ts';
import { staffEmailTaken, staffRoleUnknown } from './problems.ts';
import { addRole, insertStaffUser, roleNames } from './queries.ts';
import type { NewStaffUser, StaffUser } from './staff-user.ts';

/**
 * Creates somebody who works for the shop.
 *
 * @throws {@link passwordRefused}, {@link staffEmailTaken}, {@link staffRoleUnknown}
 */
export async function createStaffUser(app: App, { password, roles, ...user }: NewStaffUser): Promise<StaffUser> {
  await checkStaffPassword(app, password, user);
  const passwordHash = await hashPassword(app, password);
  return transact(app, async (app) => {
    await assertRoles(app, roles);
    const now = app.now();
    const made = await insertStaffUser(app.db, {
      ...user,
      id: newId(),
      email: normalizeEmail(user.email),
      emailKey: emailKey(user.email),
      passwordHash,
      createdAt: now,
      updatedAt: now,
    });
    if (!made) throw staffEmailTaken({});
    for (const role of roles) await addRole(app.db, made.id, role);
    await record(app, { action: 'staff.created', facts: { staff: made.id, agent: made.isAgent, roles } });
    return made;
  });
}

/** @throws {@link staffRoleUnknown} */
export async function assertRoles(app: App, roles: readonly string[]): Promise<void> {
  const known = await roleNames(app.db);
  const unknown = roles.find((role) => !known.includes(role));
  if (unknown !== undefined) throw staffRoleUnknown({ role: unknown, known });
}
