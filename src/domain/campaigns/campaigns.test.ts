import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { newId } from '../../platform/id.ts';
import { revokePassword } from '../credentials/index.ts';
import { anonymizeCustomer, registerCustomer } from '../customers/index.ts';
import {
  countRecipients,
  criteriaInvalid,
  parseFilters,
  progressOf,
  resumeCampaign,
  sendCampaignBatch,
  sendCampaignMail,
  startCampaign,
} from './index.ts';

const world = useApp();
let count = 0;

/** A domain of one test's own, and the plan of a campaign for it. */
function audience(kind: 'set' | 'reset' = 'reset') {
  count += 1;
  const domain = `campaign${count}.org`;
  const plan = { kind, noToken: false, store: null, revoke: false, filters: parseFilters([`email=*@${domain}`]) };
  return { domain, plan };
}

async function people(domain: string, number: number) {
  const made = [];
  for (let n = 1; n <= number; n++)
    made.push(await registerCustomer(world.app, somebody({ email: `p${n}@${domain}` })));
  await world.runJobs();
  return made;
}

/** Letters with a link that sets a password, by address. */
async function letters(domain: string) {
  const mails = await world.mails();
  return mails
    .filter(({ to, text }) => to.endsWith(`@${domain}`) && text.includes('/password/restore'))
    .map(({ to }) => to)
    .toSorted();
}

test('recipients are taken two hundred at a time', async () => {
  const { domain, plan } = audience('set');
  await world.sql(
    `insert into customer (id, reference, email, email_key, locale, created_at, updated_at)
     select gen_random_uuid(), 'BA--' || n, 'b' || n || '@' || $1, 'b' || n || '@' || $1, 'en_US', now(), now() from generate_series(1, 450) n`,
    [domain],
  );
  const { id, recipients } = await startCampaign(world.app, plan);
  expect(recipients).toBe(450);

  await sendCampaignBatch.start(world.app, { campaignId: id });
  expect(await progressOf(world.app.db, id)).toEqual({ waiting: 250, queued: 200, sent: 0, skipped: 0 });
  await Promise.all([1, 2].map(() => sendCampaignBatch.start(world.app, { campaignId: id })));
  await sendCampaignBatch.start(world.app, { campaignId: id });
  expect(await progressOf(world.app.db, id)).toEqual({ waiting: 0, queued: 450, sent: 0, skipped: 0 });
  const jobs = await world.sql(`select data ->> 'customerId' as id from pgboss.job where name = $1`, [
    sendCampaignMail.name,
  ]);
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(450);
  expect(jobs).toHaveLength(450);
  await world.sql(`delete from pgboss.job where name like 'campaigns.%'`);
});

test('a mail whose job runs twice is sent once', async () => {
  const { domain, plan } = audience();
  const [{ id: customerId } = { id: '' }] = await people(domain, 1);
  const { id: campaignId } = await startCampaign(world.app, plan);
  await world.runJobs();
  await sendCampaignMail.start(world.app, { campaignId, customerId });

  expect(await letters(domain)).toEqual([`p1@${domain}`]);
});

test('a campaign that goes on mails the rest, and nobody twice', async () => {
  const { domain, plan } = audience();
  await people(domain, 3);
  const campaign = await startCampaign(world.app, plan);
  const [first] = await world.sql(
    `update campaign_recipient set state = 'sent' where campaign_id = $1 and customer_id = (select customer_id from campaign_recipient where campaign_id = $1 limit 1) returning (select email from customer where id = customer_id)`,
    [campaign.id],
  );
  await resumeCampaign(world.app, campaign);
  await resumeCampaign(world.app, campaign);

  const sent = await letters(domain);
  expect(sent).toHaveLength(2);
  expect(sent).not.toContain(first?.['email']);
  expect(await progressOf(world.app.db, campaign.id)).toEqual({ waiting: 0, queued: 0, sent: 3, skipped: 0 });
});

test('who was erased meanwhile is not mailed', async () => {
  const { domain, plan } = audience();
  const [one] = await people(domain, 2);
  await startCampaign(world.app, plan);
  await anonymizeCustomer(world.app, one?.id ?? newId());

  expect(await letters(domain)).toEqual([`p2@${domain}`]);
});

test('a first password goes to those who have none', async () => {
  const { domain, plan } = audience('set');
  const [one] = await people(domain, 3);
  await revokePassword(world.app, one?.id ?? newId());

  expect(await countRecipients(world.app, plan)).toBe(1);
  await startCampaign(world.app, plan);
  expect(await letters(domain)).toEqual([`p1@${domain}`]);
});

test('where a link that has expired is the only one, there is no open link', async () => {
  const { domain, plan } = audience();
  await people(domain, 1);
  await startCampaign(world.app, plan);
  await world.runJobs();
  expect(await countRecipients(world.app, { ...plan, noToken: true })).toBe(0);

  await world.sql(`update link set expires_at = $1 where kind = 'reset'`, [new Date(world.now.getTime() - 1000)]);

  expect(await countRecipients(world.app, { ...plan, noToken: true })).toBe(1);
});

test.for([
  ['state=unverified', 1],
  ['state=active', 0],
  ['store=DE', 1],
  ['store=US', 0],
  ['locale=en_US', 1],
  ['locale=de_DE', 0],
  ['email=FILTER_ME@*', 1],
  ['email=filter?me@*', 0],
  ['email=filter%me@*', 0],
  ['email=filterXme@*', 0],
  ['reference=*--*', 1],
  ['reference=%', 0],
  ['created-after=2026-01-01', 1],
  ['created-after=2026-01-02', 0],
  ['created-before=2026-01-02', 1],
  ['created-before=2026-01-01', 0],
] as const)('--filter %s finds %i', async ([filter, found]) => {
  const { plan } = audience();
  if ((await world.sql(`select 1 from customer where email = 'filter_me@filters.org'`)).length === 0)
    await registerCustomer(world.app, somebody({ email: 'filter_me@filters.org' }));
  const words = filter.startsWith('email') ? [`${filter}filters.org`] : [filter, 'email=*@filters.org'];

  expect(await countRecipients(world.app, { ...plan, filters: parseFilters(words) })).toBe(found);
});

test.for(['email', '=x', 'colour=red', 'state=locked', 'created-after=yesterday', 'created-after=2026-02-30'])(
  'the filter "%s" is refused with the filters there are',
  (word) => {
    const refusal = (() => {
      try {
        return parseFilters([word]);
      } catch (error) {
        return criteriaInvalid.is(error) ? error.details.reason : error;
      }
    })();

    expect(refusal).toMatch(/locale/);
  },
);
