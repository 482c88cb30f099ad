import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { useSlowMailServer } from '../../../test/mail-server.ts';
import { jobs } from '../../app.ts';
import { transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { requestReset } from '../credentials/index.ts';
import { anonymizeCustomer } from '../customers/index.ts';
import { parseFilters, progressOf, sendCampaignMail, startCampaign } from './index.ts';
import { claimRecipient, finishCampaign, queueRecipients, waitingRecipients } from './queries.ts';

const post = useSlowMailServer();
const world = useApp(post.settings);
let count = 0;

async function campaign(recipients: number, revoke = false) {
  count += 1;
  const domain = `delivery${count}.org`;
  for (let n = 1; n <= recipients; n++) await activeCustomer(world, { email: `p${n}@${domain}` });
  await world.runJobs();
  const filters = parseFilters([`email=*@${domain}`]);
  return {
    domain,
    ...(await startCampaign(world.app, { kind: 'reset', noToken: false, store: null, revoke, filters })),
  };
}

const mailed = (domain: string) => post.accepted.filter((address) => address.endsWith(`@${domain}`)).toSorted();

/** Connections that hold a transaction open while nothing runs in it, but for the test's own. */
const transactionsThatWait = () =>
  world.sql(
    `select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
  );

test('while a mail server thinks no transaction is open, and a recipient signs in', async () => {
  const { domain } = await campaign(2);
  const asked = post.asked(2);
  const sending = world.runJobs();
  onTestFinished(async () => void (await sending));
  await asked;

  expect(await transactionsThatWait()).toEqual([]);
  await logIn(world, `p1@${domain}`);
  expect(mailed(domain)).toEqual([]);
  post.letGo();
  await sending;
  expect(mailed(domain)).toEqual([`p1@${domain}`, `p2@${domain}`]);
});

test('no other email holds a transaction either', async () => {
  const { email } = await activeCustomer(world);
  const asked = post.asked(1);
  await requestReset(world.app, email);
  const sending = world.runJobs();
  onTestFinished(async () => void (await sending));
  await asked;

  expect(await transactionsThatWait()).toEqual([]);
  post.letGo();
});

test('an email whose worker was killed while it was sent is sent by another one, and the campaign ends', async () => {
  const { domain, id: campaignId } = await campaign(1);
  const asked = post.asked(1);
  const first = world.runJobs();
  onTestFinished(async () => void (await first));
  await asked;
  expect(await progressOf(world.app.db, campaignId)).toEqual({ waiting: 0, queued: 1, sent: 0, skipped: 0 });

  // The worker is silent from here on, as if it were dead: another one finds its job.
  const killed = `update pgboss.job set heartbeat_on = now() - interval '9 seconds' where state = 'active' and name = $1`;
  await world.sql(killed, [sendCampaignMail.name]);
  const again = post.asked(1);
  const second = world.app.queue.drain(world.app, jobs);
  await again;
  post.letGo();
  await second;

  expect(mailed(domain)).toContain(`p1@${domain}`);
  expect(
    await world.sql('select sent, finished_at is not null as ended from campaign where id = $1', [campaignId]),
  ).toEqual([{ sent: 1, ended: true }]);
});

test('a recipient whom one worker is mailing is not mailed by another', async () => {
  const { domain, id: campaignId } = await campaign(1);
  const [row] = await world.sql('select customer_id from campaign_recipient where campaign_id = $1', [campaignId]);
  const asked = post.asked(1);
  const sending = world.runJobs();
  onTestFinished(async () => void (await sending));
  await asked;

  await expect(sendCampaignMail.start(world.app, { campaignId, customerId: row?.['customer_id'] })).rejects.toThrow(
    'another worker is sending this email',
  );
  post.letGo();
  await sending;

  expect(mailed(domain)).toEqual([`p1@${domain}`]);
});

test('a campaign counts its recipients as they change, erased ones too', async () => {
  const { id: campaignId } = await campaign(4);
  const [first, second] = await world.sql('select customer_id from campaign_recipient where campaign_id = $1', [
    campaignId,
  ]);
  await anonymizeCustomer(world.app, String(first?.['customer_id']));
  expect(await progressOf(world.app.db, campaignId)).toEqual({ waiting: 3, queued: 0, sent: 0, skipped: 1 });

  await world.runJobs();
  expect(await progressOf(world.app.db, campaignId)).toEqual({ waiting: 0, queued: 0, sent: 3, skipped: 1 });
  await anonymizeCustomer(world.app, String(second?.['customer_id']));
  expect(await progressOf(world.app.db, campaignId)).toEqual({ waiting: 0, queued: 0, sent: 3, skipped: 1 });
});

test('while --revoke ends passwords no customer is held but the one it is at', async () => {
  const { id: campaignId } = await campaign(3, true);
  await world.runJobs();

  const entries = await world.sql(
    `select count(distinct xmin::text) as transactions, count(*) as entries from audit_entry
     where action = 'credentials.password-revoked' and customer_id in (select customer_id from campaign_recipient where campaign_id = $1)`,
    [campaignId],
  );
  expect(entries).toEqual([{ transactions: 3, entries: 3 }]);
});

/** Rows that one more email and one more look at the progress read, in a campaign of so many recipients of whom ten are left. */
async function rowsRead(recipients: number): Promise<number> {
  const domain = `linear${recipients}.org`;
  await world.sql(
    `insert into customer (id, reference, email, email_key, locale, created_at, updated_at)
     select gen_random_uuid(), $1 || n, n || '@' || $1, n || '@' || $1, 'en_US', now(), now() from generate_series(1, $2::int) n`,
    [domain, recipients],
  );
  const filters = parseFilters([`email=*@${domain}`]);
  const { id } = await startCampaign(world.app, { kind: 'set', noToken: false, store: null, revoke: false, filters });
  await world.sql(
    `update campaign_recipient set state = 'sent' where campaign_id = $1 and customer_id not in
     (select customer_id from campaign_recipient where campaign_id = $1 order by customer_id desc limit 10)`,
    [id],
  );
  await world.sql('vacuum analyze campaign, campaign_recipient, customer');
  return transact(world.app, async ({ db }) => {
    // A table of a few thousand rows may be read as a whole for less, also by a plan that was made when it was smaller; what
    // counts is that it need not be.
    await sql`set local enable_seqscan = off`.execute(db);
    await sql`set local plan_cache_mode = force_custom_plan`.execute(db);
    const read = async () => {
      const { rows } = await sql<{ rows: string }>`
        select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int as rows from pg_stat_xact_user_tables
        where relname in ('campaign', 'campaign_recipient')`.execute(db);
      return Number(rows[0]?.rows);
    };
    const before = await read();
    await progressOf(db, id);
    const customerIds = await waitingRecipients(db, id, undefined, 10);
    await queueRecipients(db, id, customerIds);
    const recipient = { campaignId: id, customerId: customerIds[0] ?? '' };
    await claimRecipient(db, recipient, newId(), world.now);
    await finishCampaign(db, id, world.now);
    return (await read()) - before;
  });
}

test('an email and a look at the progress read as many rows in a large campaign as in a small one', async () => {
  const [small, large] = [await rowsRead(1000), await rowsRead(3000)];

  expect(large).toBeLessThanOrEqual(small + 5);
  expect(large).toBeLessThan(100);
});
