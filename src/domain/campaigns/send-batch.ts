import { z } from 'zod';
import { transact } from '../../platform/app.ts';
import { enqueue, enqueueAll, job } from '../../platform/jobs/job.ts';
import { mailResetLink, revokePassword } from '../credentials/index.ts';
import { customerById } from '../customers/index.ts';
import { campaignById, claimRecipients, endRecipient, finishCampaign, holdRecipient } from './queries.ts';

/** Recipients a run: their jobs are queued in well under a second, so that a crash repeats little. */
const BATCH = 200;

/** Claims a batch of recipients and queues their mails; claiming and queueing commit together, so a crash repeats no one and forgets no one. */
export const sendCampaignBatch = job({
  name: 'campaigns.send-batch',
  payload: z.object({ campaignId: z.uuid() }),
  async run(app, { campaignId }) {
    const campaign = await campaignById(app.db, campaignId);
    if (!campaign) return;
    await transact(app, async (app) => {
      const recipients = await claimRecipients(app.db, campaignId, BATCH);
      if (campaign.revoke) for (const { customerId } of recipients) await revokePassword(app, customerId);
      await enqueueAll(
        app,
        sendCampaignMail,
        recipients.map(({ customerId }) => ({ campaignId, customerId })),
      );
      if (recipients.length === BATCH) await enqueue(app, sendCampaignBatch, { campaignId });
      else await finishCampaign(app.db, campaignId, app.now());
    });
  },
});

/** Mails one recipient, unless that was done or is being done: the row is held while the mail server is talked to. */
export const sendCampaignMail = job({
  name: 'campaigns.send-mail',
  payload: z.object({ campaignId: z.uuid(), customerId: z.uuid() }),
  async run(app, { campaignId, customerId }) {
    await transact(app, async (app) => {
      if (!(await holdRecipient(app.db, campaignId, customerId))) return;
      const [campaign, customer] = [await campaignById(app.db, campaignId), await customerById(app.db, customerId)];
      // Somebody who chose a password meanwhile has no use for a link that sets the first one.
      const wanted = campaign && customer && (campaign.kind === 'reset' || customer.state === 'invited');
      const sent = wanted ? await mailResetLink(app, customer, campaign.store ?? customer.store) : false;
      await endRecipient(app.db, campaignId, customerId, sent ? 'sent' : 'skipped');
    });
    await finishCampaign(app.db, campaignId, app.now());
  },
});
