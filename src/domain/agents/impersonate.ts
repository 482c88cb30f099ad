import { type App, transact } from '../../platform/app.ts';
import { later } from '../../platform/clock.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { isBlank } from '../../platform/text.ts';
import { record } from '../audit/index.ts';
import { customerByReference, lockCustomer } from '../customers/index.ts';
import { issueImpersonation, mayHold, type TokenPair } from '../sign-in/index.ts';
import { lockStaff, type StaffUser } from '../staff/index.ts';
import { isOver } from '../tokens/index.ts';
import { sendImpersonated } from './mails.ts';
import { impersonationReasonMissing, impersonationRefused } from './problems.ts';

/**
 * Lets an agent act for a customer, for IMPERSONATION_SECONDS. Both are named in the audit log, with the reason if one is
 * given, and so is the agent in whatever is done with the tokens. The customer is told by email.
 *
 * @throws {@link impersonationReasonMissing} where the shop wants one; {@link impersonationRefused} for a reference that is
 * nobody's, and for accounts that are closed.
 */
export async function impersonate(
  app: App,
  agent: StaffUser,
  reference: string,
  given: string | undefined,
): Promise<TokenPair> {
  const reason = isBlank(given ?? '') ? undefined : given?.trim();
  if (!reason && app.config.IMPERSONATION_REASON_REQUIRED) throw impersonationReasonMissing({});
  const known = reference ? await customerByReference(app.db, reference) : undefined;
  return transact(app, async (app) => {
    // Both are held, so that whatever ends their log-ins meanwhile ends these tokens too.
    const held = (await lockStaff(app.db, agent.id))?.user;
    if (!held || !mayHold(held, ['agent']) || isOver(held, app.origin)) throw impersonationRefused({});
    const customer = known && (await lockCustomer(app.db, known.id));
    if (!customer || customer.state === 'locked') throw impersonationRefused({});
    const endsAt = later(app.now(), app.config.IMPERSONATION_SECONDS);
    const entryId = await record(app, {
      action: 'agents.impersonated',
      customerId: customer.id,
      facts: { agent: agent.id, until: endsAt },
      // A reason may well say something about the customer, so it is erased with them.
      ...(reason ? { changes: { reason: [null, [...reason].slice(0, 255).join('').toWellFormed()] } } : {}),
    });
    if (app.config.IMPERSONATION_EMAIL) await enqueue(app, sendImpersonated, { customerId: customer.id, entryId });
    return issueImpersonation(app, { staff: agent, customer, endsAt });
  });
}
