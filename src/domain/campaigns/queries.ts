import { type Insertable, sql, type SqlBool } from 'kysely';
import type { Db } from '../../platform/database/open.ts';
import type { DB } from '../../platform/database/tables.ts';
import type { Criteria } from './criteria.ts';

export interface Campaign {
  id: string;
  kind: string;
  store: string | null;
  revoke: boolean;
  recipients: number;
}

const shown = ['id', 'kind', 'store', 'revoke', 'recipients'] as const;

/** Living customers who may log in or could once they have a password, narrowed by the criteria. */
function matching(db: Db, { kind, noToken, filters }: Criteria, now: Date) {
  const pattern = (text: string) => text.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
  let query = db
    .selectFrom('customer')
    .where('state', 'in', kind === 'set' ? ['invited'] : ['invited', 'unverified', 'active', 'locked']);
  if (filters.state) query = query.where('state', '=', filters.state);
  if (filters.store) query = query.where('store', '=', filters.store);
  if (filters.locale) query = query.where('locale', '=', filters.locale);
  if (filters.email) query = query.where('emailKey', 'like', pattern(filters.email.toLowerCase()));
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
            .where('link.kind', 'in', ['reset', 'invitation'])
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
  await db.updateTable('campaign').set({ recipients }).where('id', '=', campaign.id).execute();
  return recipients;
}

export function campaignById(db: Db, id: string): Promise<Campaign | undefined> {
  return db.selectFrom('campaign').select(shown).where('id', '=', id).executeTakeFirst();
}

/** Takes the next recipients for this transaction; two workers never take the same. */
export function claimRecipients(db: Db, campaignId: string, limit: number): Promise<{ customerId: string }[]> {
  return db
    .updateTable('campaignRecipient')
    .set({ state: 'queued' })
    .where('campaignId', '=', campaignId)
    .where('customerId', 'in', (recipients) =>
      recipients
        .selectFrom('campaignRecipient')
        .select('customerId')
        .where('campaignId', '=', campaignId)
        .where('state', '=', 'waiting')
        .orderBy('customerId')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning('customerId')
    .execute();
}

/** Holds a recipient who is still to be mailed until the transaction ends; false when there is none, or another worker has them. */
export async function holdRecipient(db: Db, campaignId: string, customerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('campaignRecipient')
    .select('customerId')
    .where('campaignId', '=', campaignId)
    .where('customerId', '=', customerId)
    .where('state', '=', 'queued')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row !== undefined;
}

/** Recipients whose mail was queued and never sent wait again. */
export async function requeueRecipients(db: Db, campaignId: string): Promise<void> {
  await db
    .updateTable('campaignRecipient')
    .set({ state: 'waiting' })
    .where('campaignId', '=', campaignId)
    .where('state', '=', 'queued')
    .execute();
}

export async function endRecipient(
  db: Db,
  campaignId: string,
  customerId: string,
  state: 'sent' | 'skipped',
): Promise<void> {
  await db
    .updateTable('campaignRecipient')
    .set({ state })
    .where('campaignId', '=', campaignId)
    .where('customerId', '=', customerId)
    .execute();
}

export interface Progress {
  waiting: number;
  queued: number;
  sent: number;
  skipped: number;
}

export async function progressOf(db: Db, campaignId: string): Promise<Progress> {
  const rows = await db
    .selectFrom('campaignRecipient')
    .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
    .where('campaignId', '=', campaignId)
    .groupBy('state')
    .execute();
  const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
  return { waiting: count('waiting'), queued: count('queued'), sent: count('sent'), skipped: count('skipped') };
}

/** Marks a campaign as through once nobody is left. */
export async function finishCampaign(db: Db, id: string, now: Date): Promise<void> {
  await db
    .updateTable('campaign')
    .set({ finishedAt: now })
    .where('id', '=', id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('campaignRecipient')
            .select(sql<SqlBool>`true`.as('left'))
            .whereRef('campaignRecipient.campaignId', '=', 'campaign.id')
            .where('state', 'in', ['waiting', 'queued']),
        ),
      ),
    )
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
