import { type Insertable, sql, type SqlBool } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';
import { emailSearch } from '../../platform/mail/address.ts';
import type { CampaignKind, Criteria } from './criteria.ts';

export interface Campaign {
  id: string;
  kind: string;
  store: string | null;
  revoke: boolean;
  recipients: number;
}

const shown = ['id', 'kind', 'store', 'revoke', 'recipients'] as const;

const pattern = (text: string) => text.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');

function emailLike(filter: string) {
  const { spelling, text } = emailSearch(filter);
  const column = spelling === 'key' ? sql`email_key` : sql`lower(email collate "C")`;
  return sql<SqlBool>`${column} like ${pattern(text)}`;
}

const statesOf: Record<CampaignKind, string[]> = {
  set: ['invited'],
  reset: ['invited', 'unverified', 'active', 'locked'],
  confirm: ['unverified'],
};

/** The links that a campaign mails. */
const linksOf: Record<CampaignKind, string[]> = {
  set: ['reset', 'invitation'],
  reset: ['reset', 'invitation'],
  confirm: ['confirm'],
};

/** Living customers who may log in or could once they have a password, narrowed by the criteria. */
function matching(db: Db, { kind, noToken, filters }: Criteria, now: Date) {
  let query = db.selectFrom('customer').where('state', 'in', statesOf[kind]);
  if (kind === 'confirm') query = query.where('importRunId', 'is not', null);
  if (filters.state) query = query.where('state', '=', filters.state);
  if (filters.store) query = query.where('store', '=', filters.store);
  if (filters.locale) query = query.where('locale', '=', filters.locale);
  if (filters.email) query = query.where(emailLike(filters.email));
  if (filters.reference) query = query.where('reference', 'like', pattern(filters.reference));
  if (filters['created-after']) query = query.where('createdAt', '>=', new Date(filters['created-after']));
  if (filters['created-before']) query = query.where('createdAt', '<', new Date(filters['created-before']));
  if (noToken)
    query = query.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('link')
            .select('link.customerId')
            .whereRef('link.customerId', '=', 'customer.id')
            .where('link.kind', 'in', linksOf[kind])
            .where('link.expiresAt', '>', now),
        ),
      ),
    );
  return query;
}

export async function countMatching(db: Db, criteria: Criteria, now: Date): Promise<number> {
  const { count } = await matching(db, criteria, now)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** The latest campaign of the same criteria that is not through. */
export function unfinishedCampaign(db: Db, criteria: string): Promise<Campaign | undefined> {
  return db
    .selectFrom('campaign')
    .select(shown)
    .where('criteria', '=', criteria)
    .where('finishedAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Creates a campaign with all its recipients; their number, or undefined when the same one is under way. */
export async function insertCampaign(
  db: Db,
  campaign: Insertable<DB['campaign']> & { createdAt: Date },
  criteria: Criteria,
): Promise<number | undefined> {
  const made = await db
    .insertInto('campaign')
    .values(campaign)
    .onConflict((conflict) => conflict.column('criteria').where('finishedAt', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!made) return undefined;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('campaignRecipient')
    .columns(['campaignId', 'customerId'])
    .expression(
      matching(db, criteria, campaign.createdAt).select([
        sql<string>`${campaign.id}::uuid`.as('campaignId'),
        'customer.id as customerId',
      ]),
    )
    .executeTakeFirstOrThrow();
  const recipients = Number(numInsertedOrUpdatedRows ?? 0);
  await db.updateTable('campaign').set({ recipients, waiting: recipients }).where('id', '=', campaign.id).execute();
  return recipients;
}

export function campaignById(db: Db, id: string): Promise<Campaign | undefined> {
  return db.selectFrom('campaign').select(shown).where('id', '=', id).executeTakeFirst();
}

/** The next recipients who wait, from one customer on. */
export async function waitingRecipients(
  db: Db,
  campaignId: string,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('campaignRecipient')
    .select('customerId')
    .where('campaignId', '=', campaignId)
    .where('state', '=', 'waiting')
    .where('customerId', '>', after ?? NO_UUID)
    .orderBy('customerId')
    .limit(limit)
    .execute();
  return rows.map(({ customerId }) => customerId);
}

/** Takes those of them who still wait, for this transaction; two workers never take the same. */
export async function queueRecipients(db: Db, campaignId: string, customerIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .updateTable('campaignRecipient')
    .set({ state: 'queued' })
    .where('campaignId', '=', campaignId)
    .where('customerId', 'in', (recipients) =>
      recipients
        .selectFrom('campaignRecipient')
        .select('customerId')
        .where('campaignId', '=', campaignId)
        .where('customerId', '=', sql<string>`any(${customerIds}::uuid[])`)
        .where('state', '=', 'waiting')
        .orderBy('customerId')
        .forUpdate(),
    )
    .returning('customerId')
    .execute();
  return rows.map(({ customerId }) => customerId);
}

/** Smaller than every id. */
const NO_UUID = '00000000-0000-0000-0000-000000000000';

interface Recipient {
  campaignId: string;
  customerId: string;
}

/**
 * Marks a recipient as being mailed by a job, and commits it: nothing is locked while the mail server is talked to. A
 * job that was taken over from a killed worker claims its recipient again. `done` where
 * there is nobody to mail any more.
 */
export async function claimRecipient(
  db: Db,
  { campaignId, customerId }: Recipient,
  jobId: string,
  now: Date,
): Promise<'claimed' | 'sending' | 'done'> {
  const claimed = await db
    .updateTable('campaignRecipient')
    .set({ state: 'sending', claimedBy: jobId, claimedAt: now })
    .where('campaignId', '=', campaignId)
    .where('customerId', '=', customerId)
    .where(({ or, and, eb }) =>
      or([eb('state', '=', 'queued'), and([eb('state', '=', 'sending'), eb('claimedBy', '=', jobId)])]),
    )
    .returning('customerId')
    .executeTakeFirst();
  if (claimed) return 'claimed';
  const row = await db
    .selectFrom('campaignRecipient')
    .select('state')
    .where('campaignId', '=', campaignId)
    .where('customerId', '=', customerId)
    .executeTakeFirst();
  return row?.state === 'sending' ? 'sending' : 'done';
}

/** Recipients whose email was queued and never sent wait again, and those whose sender has been silent since a time. */
export async function requeueRecipients(db: Db, campaignId: string, silentSince: Date): Promise<void> {
  await db
    .updateTable('campaignRecipient')
    .set({ state: 'waiting', claimedBy: null, claimedAt: null })
    .where('campaignId', '=', campaignId)
    .where(({ or, and, eb }) =>
      or([eb('state', '=', 'queued'), and([eb('state', '=', 'sending'), eb('claimedAt', '<', silentSince)])]),
    )
    .execute();
}

/** Ends what `claimRecipient` began: `queued` when the email could not be sent and is tried again. */
export async function releaseRecipient(
  db: Db,
  { campaignId, customerId }: Recipient,
  jobId: string,
  state: 'queued' | 'sent' | 'skipped',
): Promise<void> {
  await db
    .updateTable('campaignRecipient')
    .set({ state, claimedBy: null, claimedAt: null })
    .where('campaignId', '=', campaignId)
    .where('customerId', '=', customerId)
    .where('claimedBy', '=', jobId)
    .execute();
}

export interface Progress {
  waiting: number;
  /** Being sent included. */
  queued: number;
  sent: number;
  skipped: number;
}

/** How far a campaign is; the database counts as recipients change. */
export function progressOf(db: Db, campaignId: string): Promise<Progress> {
  return db
    .selectFrom('campaign')
    .select(['waiting', 'queued', 'sent', 'skipped'])
    .where('id', '=', campaignId)
    .executeTakeFirstOrThrow();
}

/** Marks a campaign as through once nobody is left. */
export async function finishCampaign(db: Db, id: string, now: Date): Promise<void> {
  await db
    .updateTable('campaign')
    .set({ finishedAt: now })
    .where('id', '=', id)
    .where('finishedAt', 'is', null)
    .where('waiting', '=', 0)
    .where('queued', '=', 0)
    .execute();
}

export async function deleteRecipientsOf(db: Db, customerId: string): Promise<void> {
  await db.deleteFrom('campaignRecipient').where('customerId', '=', customerId).execute();
}

export function campaignsOf(db: Db, customerId: string) {
  return db
    .selectFrom('campaignRecipient')
    .innerJoin('campaign', 'campaign.id', 'campaignRecipient.campaignId')
    .select(['campaign.kind', 'campaign.createdAt', 'campaignRecipient.state'])
    .where('customerId', '=', customerId)
    .execute();
}

/** Recipients of all campaigns by state, from the counters that the database keeps, and the campaigns under way. */
export function sumOfCampaigns(db: Db) {
  return db
    .selectFrom('campaign')
    .select([
      sql<number>`coalesce(sum(waiting), 0)::float8`.as('waiting'),
      sql<number>`coalesce(sum(queued), 0)::float8`.as('queued'),
      sql<number>`coalesce(sum(sent), 0)::float8`.as('sent'),
      sql<number>`coalesce(sum(skipped), 0)::float8`.as('skipped'),
      sql<number>`count(*) filter (where finished_at is null)`.as('running'),
    ])
    .executeTakeFirstOrThrow();
}
