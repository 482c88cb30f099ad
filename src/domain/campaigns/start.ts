import { type App, transact } from '../../platform/app.ts';
import { fingerprint } from '../../platform/crypto/token.ts';
import { newId } from '../../platform/id.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { record } from '../audit/index.ts';
import type { Criteria } from './criteria.ts';
import { type Campaign, countMatching, insertCampaign, unfinishedCampaign } from './queries.ts';
import { sendCampaignBatch } from './send-batch.ts';

export interface CampaignPlan extends Criteria {
  /** Store named in the links; null: each customer's own. */
  store: string | null;
  /** Whether the old passwords and log-ins end. */
  revoke: boolean;
}

/** How many customers a campaign would mail now. */
export const countRecipients = (app: App, criteria: Criteria): Promise<number> => countMatching(app.db, criteria);

/** A campaign of the same plan that broke off, to be gone on with instead of beginning another. */
export const brokenCampaign = (app: App, plan: CampaignPlan): Promise<Campaign | undefined> =>
  unfinishedCampaign(app.db, describe(plan));

/** Writes down the recipients and queues the first batch. */
export async function startCampaign(app: App, plan: CampaignPlan): Promise<Campaign> {
  const { kind, store, revoke } = plan;
  return transact(app, async (app) => {
    const id = newId();
    const recipients = await insertCampaign(
      app.db,
      { id, kind, store, revoke, criteria: describe(plan), recipients: 0, createdAt: app.now() },
      plan,
    );
    await record(app, { action: 'campaigns.started', facts: { campaign: id, kind, revoke, recipients } });
    await enqueue(app, sendCampaignBatch, { campaignId: id });
    return { id, kind, store, revoke, recipients };
  });
}

/** Queues the next batch of a campaign whose last one never came to queue it. */
export async function resumeCampaign(app: App, { id }: Campaign): Promise<void> {
  await enqueue(app, sendCampaignBatch, { campaignId: id });
}

/** What a plan is recognised by; a digest, as filters may name a person's address. */
const describe = ({ kind, noToken, filters, store, revoke }: CampaignPlan) =>
  fingerprint(
    JSON.stringify([kind, noToken, Object.entries(filters).toSorted(([a], [b]) => (a < b ? -1 : 1)), store, revoke]),
  );
