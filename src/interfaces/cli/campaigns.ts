import {
  brokenCampaign,
  type Campaign,
  type CampaignKind,
  type CampaignPlan,
  countRecipients,
  criteriaInvalid,
  filterNames,
  parseFilters,
  progressOf,
  resumeCampaign,
  sendCampaignBatch,
  sendCampaignMail,
  startCampaign,
} from '../../domain/campaigns/index.ts';
import { chooseStore, storeUnknown } from '../../domain/stores/index.ts';
import type { App } from '../../platform/app.ts';
import { command, type Command, type Options, type Terminal } from './command.ts';

const options = {
  force: { type: 'boolean', short: 'f', help: 'do not ask' },
  'no-token': { type: 'boolean', help: 'only customers who have no open link, that is, were not mailed before' },
  store: { type: 'string', value: 'NAME', help: 'store named in the links, instead of each customer’s own' },
  filter: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    help: `only customers that fit; may be repeated: ${filterNames.join(', ')}; * stands for anything`,
  },
  'dry-run': { type: 'boolean', help: 'count, mail nobody' },
  revoke: { type: 'boolean', help: 'disable the old passwords and end all log-ins now' },
} as const;

type Given = Options<typeof options>;
const { revoke: _revoke, ...withoutRevoke } = options;

const notes = `
Mails leave through the job queue in batches. A running server, or \`clientele work\`, sends them, with its own PUBLIC_URL
and SMTP_URL; where none runs this command does, with the settings it was called with. A campaign that broke off is gone on
with when the command is called again with the same options, and mails nobody twice. One that ended is a new one then:
--no-token leaves out those whose last link still works.`;

export const passwordSet: Command = command({
  name: 'customer:password:set',
  summary: 'Mail a link to choose a password to customers who have none',
  options: withoutRevoke,
  notes: `${notes}

  clientele customer:password:set --filter='email=*@example.org' --dry-run`,
  run: (app, { options }, terminal) => campaign(app, 'set', { ...options, revoke: false }, terminal),
});

export const passwordReset: Command = command({
  name: 'customer:password:reset',
  summary: 'Mail a link to choose a new password to all customers',
  options,
  notes: `${notes}
Without --revoke the old passwords keep working until a new one is chosen.

  clientele customer:password:reset --revoke --filter=store=DE`,
  run: (app, { options }, terminal) => campaign(app, 'reset', options, terminal),
});

export const confirmationSend: Command = command({
  name: 'customer:confirmation:send',
  summary: 'Mail imported customers a link to confirm their address, if they have not',
  options: withoutRevoke,
  notes: `${notes}
Customers who registered here were mailed a link then, and can ask for another one themselves.

  clientele customer:confirmation:send --no-token --filter=store=DE --dry-run`,
  run: (app, { options }, terminal) => campaign(app, 'confirm', { ...options, revoke: false }, terminal),
});

async function campaign(app: App, kind: CampaignKind, options: Given, terminal: Terminal): Promise<number> {
  const plan = await planOf(app, kind, options);
  if (typeof plan === 'string') {
    terminal.out(plan);
    return 2;
  }
  const broken = await brokenCampaign(app, plan);
  if (options['dry-run']) {
    terminal.out(`${await countRecipients(app, plan)} customers in the database would be affected. Nothing was done.`);
    return 0;
  }
  if (broken) {
    const { waiting, queued } = await progressOf(app.db, broken.id);
    terminal.out(
      `Going on with a campaign that broke off: ${waiting + queued} of ${broken.recipients} mails are left.`,
    );
    await resumeCampaign(app, broken);
    return deliver(app, broken, terminal);
  }
  const count = await countRecipients(app, plan);
  if (count === 0) {
    terminal.out('0 customers in the database will be affected. There is nothing to do.');
    return 0;
  }
  if (!options.force && !terminal.isInteractive) {
    terminal.out(
      `${count} customers in the database will be affected. Nobody is here to say yes: use --force or --dry-run.`,
    );
    return 1;
  }
  const consequence = plan.revoke ? ' Their passwords stop working and they are logged out everywhere.' : '';
  if (
    !options.force &&
    !(await terminal.confirm(
      `${count} customers in the database will be affected.${consequence} Do you want to continue?`,
    ))
  ) {
    terminal.out('Nothing was done. (--force does not ask.)');
    return 0;
  }
  return deliver(app, await startCampaign(app, plan), terminal);
}

async function planOf(app: App, kind: CampaignKind, options: Given): Promise<CampaignPlan | string> {
  try {
    if (options.store !== undefined) await chooseStore(app, options.store);
    return {
      kind,
      noToken: options['no-token'],
      filters: parseFilters(options.filter),
      store: options.store ?? null,
      revoke: options.revoke,
    };
  } catch (error) {
    if (criteriaInvalid.is(error)) return error.details.reason;
    if (storeUnknown.is(error)) return `There is no store ${error.details.name}.`;
    throw error;
  }
}

/**
 * Milliseconds between looks at what others are still sending, and how many looks without progress are enough: longer
 * than it takes until the emails of a process that was killed are taken over.
 */
const LOOK_MS = 250;
const LOOKS = 60;

/**
 * Waits until all are sent or those that are left must be tried later. Where nobody works jobs, this process does; beside
 * a server it leaves them to it, as links and senders are those of the process that sends.
 */
async function deliver(app: App, { id, recipients }: Campaign, { out, progress }: Terminal): Promise<number> {
  progress.start(recipients);
  let handled = -1;
  for (let idle = 0; idle < LOOKS; idle++) {
    if (!(await app.queue.isWorked(app.db))) await app.queue.drain(app, [sendCampaignBatch, sendCampaignMail]);
    const { sent, skipped, waiting, queued } = await progressOf(app.db, id);
    progress.update(sent + skipped);
    if (waiting + queued === 0) break;
    if (sent + skipped !== handled) idle = 0;
    handled = sent + skipped;
    await app.clock.wait(LOOK_MS);
  }
  progress.stop();
  const { sent, skipped, waiting, queued } = await progressOf(app.db, id);
  out(`${sent} out of ${recipients} emails sent${skipped > 0 ? `, ${skipped} no longer needed one` : ''}`);
  if (waiting + queued === 0) return 0;
  out(
    `${waiting + queued} could not be sent yet and will be tried again by a running server. Call this command again to see to it.`,
  );
  return 1;
}
