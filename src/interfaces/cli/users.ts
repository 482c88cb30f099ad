import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { unblockStaff } from '../../domain/sign-in/index.ts';
import {
  allStaff,
  createStaffUser,
  grantStaff,
  lastAdministrator,
  NewStaffUser,
  staffEmailTaken,
  staffNotFound,
  staffRoleUnknown,
} from '../../domain/staff/index.ts';
import { command, type Terminal } from './command.ts';
import { explainOptions } from './explain.ts';
import { passwordFromInput, passwordSentence } from './password-sentence.ts';

const roles = `
Roles: administrator (may do everything), support (finds and helps customers), auditor (reads everything, changes nothing). They count once there is a Back Office; today --agent does.`;

export const userCreate = command({
  name: 'user:create',
  summary: 'Create somebody who works for the shop',
  usage: 'EMAIL',
  options: {
    'first-name': { type: 'string', value: 'NAME', help: 'first name', default: 'Staff' },
    'last-name': { type: 'string', value: 'NAME', help: 'last name', default: 'User' },
    locale: { type: 'string', value: 'LOCALE', help: 'language of mails and pages', default: 'en_US' },
    role: { type: 'string', multiple: true, value: 'ROLE', help: 'role to give; may be said more than once' },
    agent: { type: 'boolean', help: 'may find customers and act for them in the shop' },
    'password-stdin': { type: 'boolean', help: 'read the password from standard input' },
  },
  notes: `
Without --password-stdin a password is made and printed, this once.
${roles}

  clientele user:create ada@example.org --first-name=Ada --last-name=Moor --role=administrator
  pass show shop/agent | clientele user:create sam@example.org --agent --password-stdin`,
  async run(app, { options, words: [email = ''] }, { out }) {
    const given = options['password-stdin'] ? await passwordFromInput() : undefined;
    const password = given ?? newPassword();
    const parsed = NewStaffUser.safeParse({
      email,
      firstName: options['first-name'],
      lastName: options['last-name'],
      locale: options.locale,
      isAgent: options.agent,
      roles: options.role,
      password,
    });
    if (!parsed.success) {
      out(
        email
          ? explainOptions(parsed.error, { email: 'EMAIL', roles: '--role' })
          : 'Whom? See `clientele user:create --help`.',
      );
      return 2;
    }
    return inWords(out, async () => {
      await createStaffUser(app, parsed.data);
      out(`${email} is created${options.agent ? ', as an agent' : ''}.`);
      if (given === undefined) out(`Password: ${password}`);
    });
  },
});

export const userGrant = command({
  name: 'user:grant',
  summary: 'Change what somebody who works for the shop may do',
  usage: 'EMAIL',
  options: {
    role: { type: 'string', multiple: true, value: 'ROLE', help: 'role to give; may be said more than once' },
    withdraw: { type: 'string', multiple: true, value: 'ROLE', help: 'role to take; may be said more than once' },
    agent: { type: 'string', value: 'FLAG', help: 'true or false: whether to act for customers' },
    state: { type: 'string', value: 'STATE', help: 'active, blocked or deleted' },
  },
  notes: `
Whoever is blocked, deleted or no agent any more loses every token at once. The last administrator stays one.
${roles}

  clientele user:grant sam@example.org --role=support --agent=true`,
  async run(app, { options, words: [email = ''] }, { out }) {
    const Grant = z.object({
      agent: z.enum(['true', 'false'], 'must be true or false').optional(),
      state: z.enum(['active', 'blocked', 'deleted'], 'must be active, blocked or deleted').optional(),
    });
    const parsed = Grant.safeParse(options);
    if (!parsed.success || !email) {
      out(parsed.error ? explainOptions(parsed.error) : 'Whom? See `clientele user:grant --help`.');
      return 2;
    }
    const { agent, state } = parsed.data;
    if (agent === undefined && state === undefined && options.role.length + options.withdraw.length === 0) {
      out('What is to change? See `clientele user:grant --help`.');
      return 2;
    }
    return inWords(out, async () => {
      const user = await grantStaff(app, email, {
        roles: options.role,
        withdraw: options.withdraw,
        ...(agent === undefined ? {} : { isAgent: agent === 'true' }),
        ...(state === undefined ? {} : { state }),
      });
      const found = (await allStaff(app.db)).find(({ id }) => id === user.id);
      out(`${user.email} is ${[user.state, ...(user.isAgent ? ['agent'] : []), ...(found?.roles ?? [])].join(', ')}.`);
    });
  },
});

export const userUnblock = command({
  name: 'user:unblock',
  summary: 'Lift the blocks that failed log-ins brought somebody who works for the shop',
  usage: 'EMAIL',
  example: 'sam@example.org',
  run: (app, { words: [email = ''] }, { out }) =>
    inWords(out, async () => {
      await unblockStaff(app, email);
      out(`${email} may try again.`);
    }),
});

export const userList = command({
  name: 'user:list',
  summary: 'List who works for the shop, with their roles',
  async run(app, _call, { out }) {
    const staff = await allStaff(app.db);
    if (staff.length === 0) out('Nobody yet. See `clientele user:create --help`.');
    for (const { email, firstName, lastName, state, isAgent, roles } of staff)
      out(`${email}  ${firstName} ${lastName}  ${[state, ...(isAgent ? ['agent'] : []), ...roles].join(', ')}`);
    return 0;
  },
});

/** Twenty random characters and one of each kind; drawn again where three in a row are the same, as no policy likes that. */
function newPassword(): string {
  const password = `${randomBytes(15).toString('base64url')}-Aa1`;
  return /(.)\1\1/.test(password) ? newPassword() : password;
}

/** Does it, and says what is wrong in a sentence. Exit status 0 or 1. */
async function inWords(out: Terminal['out'], work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    const reason = reasonOf(error);
    if (!reason) throw error;
    out(reason);
    return 1;
  }
}

function reasonOf(error: unknown): string | undefined {
  if (staffEmailTaken.is(error)) return 'There is somebody with this address already.';
  if (staffNotFound.is(error)) return 'There is nobody with this address.';
  if (lastAdministrator.is(error)) return 'Nobody would be left who may do everything.';
  if (staffRoleUnknown.is(error))
    return `There is no role ${error.details.role}. There is: ${error.details.known.join(', ')}.`;
  return passwordSentence(error);
}
