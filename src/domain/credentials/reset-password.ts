import { type App, transact } from '../../platform/app.ts';
import { queued } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import { applyEffects, assertMay, customerById, lockCustomer, updateCustomer } from '../customers/index.ts';
import { linkInvalid, readLink, redeemLink } from '../links/index.ts';
import { checkPassword, checkPasswordRules, hashPassword } from '../passwords/index.ts';
import { liftBlocks } from '../throttle/index.ts';
import { sendPasswordChanged } from './mails.ts';

/**
 * Sets a new password, or the first one, with the token of a mailed link. Whoever has the link reads the mailbox, so an
 * unconfirmed address counts as confirmed. Every session, device and refresh token ends.
 *
 * @throws {@link passwordRefused} by the rules before the link is looked at; then {@link linkInvalid} or {@link linkExpired};
 * then {@link passwordRefused} for what takes longer to find out.
 */
export async function resetPassword(app: App, token: string, password: string): Promise<void> {
  // An estimate takes long and a look-up asks others: neither is done for someone without a link.
  await checkPasswordRules(app, password);
  const { customerId } = await readLink(app, 'reset', token);
  const owner = await customerById(app.db, customerId);
  if (!owner) throw linkInvalid({});
  assertMay('set-password', owner.state);
  await checkPassword(app, password, owner);

  const passwordHash = await hashPassword(app, password);
  await transact(app, async (app) => {
    const before = await lockCustomer(app.db, customerId);
    await redeemLink(app, 'reset', token);
    if (!before) throw linkInvalid({});
    assertMay('set-password', before.state);
    const now = app.now();
    await updateCustomer(app.db, customerId, {
      passwordHash,
      passwordChangedAt: now,
      accessEndedAt: now,
      verifiedAt: before.verifiedAt ?? now,
      updatedAt: now,
    });
    await applyEffects(app, 'set-password', customerId);
    await liftBlocks(app, before.email);
    await record(app, {
      action: 'credentials.password-reset',
      customerId,
      facts: { from: before.state, to: 'active' },
      job: queued(sendPasswordChanged, { customerId }),
    });
  });
}
