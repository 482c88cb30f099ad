import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { customerByReference } from '../customers/index.ts';
import { issueImpersonation, type TokenPair } from '../sign-in/index.ts';
import type { StaffUser } from '../staff/index.ts';
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
  const customer = reference ? await customerByReference(app.db, reference) : undefined;
  if (!customer || customer.state === 'locked') throw impersonationRefused({});
  return transact(app, async (app) => {
    await record(app, {
      action: 'agents.impersonated',
      customerId: customer.id,
      facts: { agent: agent.id },
      // A reason may well say something about the customer, so it is erased with them.
      ...(reason ? { changes: { reason: [null, reason.slice(0, 255)] } } : {}),
    });
    return issueImpersonation(app, agent, customer);
  });
}
