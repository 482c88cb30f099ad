import { type App, transact } from '../../platform/app.ts';
import { earlier } from '../../platform/clock.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import { newId } from '../../platform/id.ts';
import { enqueue, queued } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import type { Criteria } from './criteria.ts';
import { type Campaign, countMatching, insertCampaign, requeueRecipients, unfinishedCampaign } from './queries.ts';
import { sendCampaignBatch } from './send-batch.ts';

export interface CampaignPlan extends Criteria {
  /** Store named in the links; null: each customer's own. */
  store: string | null;
  /** Whether the old passwords and log-ins end. */
  revoke: boolean;
}

/** How many customers a campaign would mail now. */
export const countRecipients = (app: App, criteria: Criteria): Promise<number> =>
  countMatching(app.db, criteria, app.now());

/** A campaign of the same plan that broke off, to be gone on with instead of beginning another. */
export const brokenCampaign = (app: App, plan: CampaignPlan): Promise<Campaign | undefined> =>
  unfinishedCampaign(app.db, describe(plan));

/** Writes down the recipients and queues the first batch. Of two that start the same campaign at once, the second joins. */
export async function startCampaign(app: App, plan: CampaignPlan): Promise<Campaign> {
  const { kind, store, revoke } = plan;
  return transact(app, async (app) => {
    const campaign = { id: newId(), kind, store, revoke };
    const row = { ...campaign, criteria: describe(plan), recipients: 0, createdAt: app.now() };
    const recipients = await insertCampaign(app.db, row, plan);
    if (recipients === undefined) return (await brokenCampaign(app, plan)) ?? { ...campaign, recipients: 0 };
    await record(app, {
      action: 'campaigns.started',
      facts: { campaign: campaign.id, kind, revoke, recipients },
      job: queued(sendCampaignBatch, { campaignId: campaign.id }),
    });
    return { ...campaign, recipients };
  });
}

/** Longer than any job runs: who has been sending an email for so long is gone. */
const SILENT_SECONDS = 150;

/** Goes on with a campaign that broke off; whoever's mail was given up is queued again. */
export async function resumeCampaign(app: App, { id }: Campaign): Promise<void> {
  await transact(app, async (app) => {
    await requeueRecipients(app.db, id, earlier(app.now(), SILENT_SECONDS));
    await enqueue(app, sendCampaignBatch, { campaignId: id });
  });
}

/** What a plan is recognised by; a digest, as filters may name a person's address. */
const describe = ({ kind, noToken, filters, store, revoke }: CampaignPlan) =>
  fingerprint(
    JSON.stringify([kind, noToken, Object.entries(filters).toSorted(([a], [b]) => (a < b ? -1 : 1)), store, revoke]),
  );
