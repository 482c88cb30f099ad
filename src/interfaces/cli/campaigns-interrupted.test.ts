import { expect, onTestFinished, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { jobs } from '../../app.ts';
import { registerCustomer } from '../../domain/customers/index.ts';
import { poolOptions } from '../../platform/database/open.ts';
import { openQueue } from '../../platform/jobs/queue.ts';
import { quiet } from '../../../test/settings.ts';
import { useConsole } from '../../../test/console.ts';
import { addressSpace, mailed } from '../../../test/campaigns.ts';

const world = useApp();

const run = useConsole(world);

async function people(at: string, number: number) {
  const made = [];
  for (let n = 1; n <= number; n++) made.push(await registerCustomer(world.app, somebody({ email: `p${n}${at}` })));
  await world.runJobs();
  return made;
}

/** A mail server that refuses everything but mail to these. */
const refusing = (...except: string[]) => ({
  mailer: {
    ...world.app.mailer,
    send: async (mail: Parameters<typeof world.app.mailer.send>[0]) => {
      if (!except.includes(mail.to.address)) throw new Error('450 come back later');
      await world.app.mailer.send(mail);
    },
  },
});

const soon = () => world.sql(`update pgboss.job set start_after = now() where state = 'retry'`);

test('whom the mail server refuses is mailed later, the others are not mailed again', async () => {
  const { at, only } = addressSpace();
  await people(at, 3);

  const first = await run('customer:password:reset', [only, '-f'], { app: refusing(`p2${at}`) });
  expect(first.status).toBe(1);
  expect(first.text).toMatch(/^1 out of 3 emails sent\n2 could not be sent yet/);
  await soon();
  const second = await run('customer:password:reset', [only, '-f']);

  expect(second).toMatchObject({ status: 0, questions: [] });
  expect(second.text).toMatch(/^Going on with a campaign that broke off: 2 of 3 mails are left\.\n3 out of 3/);
  expect(await mailed(world, at)).toEqual([`p1${at}`, `p2${at}`, `p3${at}`]);
  expect((await run('customer:password:reset', [only, '--dry-run'])).text).toMatch(/^3 customers/);
});

test('whom the mail server refused until the last try is mailed when the command is called again', async () => {
  const { at, only } = addressSpace();
  await people(at, 2);
  await run('customer:password:reset', [only, '-f'], { app: refusing(`p1${at}`) });
  await world.sql(`update pgboss.job set start_after = now(), retry_count = retry_limit where state = 'retry'`);
  await world.app.queue.drain({ ...world.app, ...refusing() }, jobs);
  expect((await world.app.queue.failed()).map(({ name }) => name)).toEqual(['campaigns.send-mail']);

  const { status } = await run('customer:password:reset', [only, '-f']);

  expect(status).toBe(0);
  expect(await mailed(world, at)).toEqual([`p1${at}`, `p2${at}`]);
});

test('beside a server it leaves the mails to it: links and senders are the server’s', async () => {
  const { at, only } = addressSpace();
  await people(at, 2);
  const server = await openQueue(world.app.connection, quiet, {
    jobs,
    supervise: true,
    shutdownSeconds: 1,
    pool: poolOptions(world.app.config),
  });
  onTestFinished(() => server.close());

  // The server is still busy with something else.
  const waiting = await run('customer:password:reset', [only, '-f']);
  expect(waiting).toMatchObject({ status: 1, text: expect.stringMatching(/^0 out of 2 .*\n2 could not be sent yet/) });
  const elsewhere = { ...world.app, config: { ...world.app.config, PUBLIC_URL: 'https://elsewhere.example' } };
  await server.drain(elsewhere, jobs);

  expect((await run('customer:password:reset', [only, '--dry-run'])).text).toMatch(/^2 customers/);
  const links = (await world.mails())
    .filter(({ to }) => to.endsWith(at))
    .flatMap(({ text }) => /\S*\/password\/restore/.exec(text) ?? []);
  const link = 'https://elsewhere.example/password/restore';
  expect(links).toEqual([link, link]);
});

test('two consoles that start the same campaign mail everybody once', async () => {
  const { at, only } = addressSpace();
  await people(at, 2);

  await Promise.all([1, 2].map(() => run('customer:password:reset', [only, '-f'])));

  expect(await mailed(world, at)).toEqual([`p1${at}`, `p2${at}`]);
});
