import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { customerByReference, lockCustomer } from '../customers/index.ts';
import { issueImpersonation, mayHold, type TokenPair } from '../sign-in/index.ts';
import { lockStaff, type StaffUser } from '../staff/index.ts';
import { isOver } from '../tokens/index.ts';
import { impersonationRefused } from './problems.ts';

/**
 * Lets an agent act for a customer. Both are named in the audit log, with the reason if one is given, and so is the agent
 * in whatever is done with the tokens.
 *
 * @throws {@link impersonationRefused} for a reference that is nobody's, and for accounts that are closed.
 */
export async function impersonate(
  app: App,
  agent: StaffUser,
  reference: string,
  reason: string | undefined,
): Promise<TokenPair> {
  const known = reference ? await customerByReference(app.db, reference) : undefined;
  return transact(app, async (app) => {
    // Both are held, so that whatever ends their log-ins meanwhile ends these tokens too.
    const held = (await lockStaff(app.db, agent.id))?.user;
    if (!held || !mayHold(held, ['agent']) || isOver(held, app.origin)) throw impersonationRefused({});
    const customer = known && (await lockCustomer(app.db, known.id));
    if (!customer || customer.state === 'locked') throw impersonationRefused({});
    await record(app, {
      action: 'agents.impersonated',
      customerId: customer.id,
      facts: { agent: agent.id },
      // A reason may well say something about the customer, so it is erased with them.
      ...(reason ? { changes: { reason: [null, reason.slice(0, 255).toWellFormed()] } } : {}),
    });
    return issueImpersonation(app, agent, customer);
  });
}
