import {
  anonymizeCustomer,
  type Customer,
  customerByEmail,
  customerByReference,
  lockAccount,
  transitionRefused,
  unlockAccount,
} from '../../domain/customers/index.ts';
import { unblock } from '../../domain/sign-in/index.ts';
import type { App } from '../../platform/app.ts';
import { agree, command, type Command, type Option, type Terminal } from './command.ts';

const force = { force: { type: 'boolean', short: 'f', help: 'do not ask' } } as const satisfies Record<string, Option>;

/** A command that does one thing to one customer, named by reference or address. */
function onCustomer(
  name: string,
  summary: string,
  work: (app: App, customer: Customer, terminal: Terminal, forced: boolean) => Promise<string | undefined>,
): Command {
  return command({
    name,
    summary,
    usage: 'REFERENCE|EMAIL',
    example: 'ada@example.org',
    options: name === 'customer:anonymize' ? force : {},
    async run(app, { options, words: [who = ''] }, terminal) {
      const customer = who.includes('@') ? await customerByEmail(app.db, who) : await customerByReference(app.db, who);
      if (!customer) {
        terminal.out(who ? `There is no customer ${who}.` : `Which customer? See \`clientele ${name} --help\`.`);
        return who ? 1 : 2;
      }
      try {
        const result = await work(app, customer, terminal, 'force' in options && options.force === true);
        if (result === undefined) return 1;
        terminal.out(result);
        return 0;
      } catch (error) {
        if (!transitionRefused.is(error)) throw error;
        terminal.out(`${customer.reference} is ${error.details.state}.`);
        return 1;
      }
    },
  });
}

export const customerLock = onCustomer(
  'customer:lock',
  'Close an account until it is opened again; all log-ins end',
  async (app, { id, reference }) => {
    await lockAccount(app, id);
    return `${reference} is locked.`;
  },
);

export const customerUnlock = onCustomer(
  'customer:unlock',
  'Open an account that was closed',
  async (app, { id, reference }) => {
    const { state } = await unlockAccount(app, id);
    return `${reference} is ${state}.`;
  },
);

export const customerUnblock = onCustomer(
  'customer:unblock',
  'Lift the blocks that failed log-ins brought',
  async (app, { id, reference }) => {
    await unblock(app, id);
    return `${reference} may try again.`;
  },
);

export const customerAnonymize = onCustomer(
  'customer:anonymize',
  'Erase the personal data of a customer for good',
  async (app, { id, reference, email }, terminal, forced) => {
    if (!forced && !(await agree(terminal, `Erase ${reference} (${email}) for good?`))) return undefined;
    await anonymizeCustomer(app, id);
    return `${reference} is anonymized.`;
  },
);
