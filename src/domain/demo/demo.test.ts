import { createHash } from 'node:crypto';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { beforeAll, describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { useConsole } from '../../../test/console.ts';
import { fillWithDemoData } from '../../demo.ts';
import { startServer } from '../../server.ts';
import { checkPassword, checkStaffPassword, DEMO_PASSWORD, verifyPassword } from '../passwords/index.ts';

const world = useApp();
const run = useConsole(world);
const anna = 'anna.bergmann@example.org';
/** The same database, served in production. */
const production = { ...world };

beforeAll(async () => {
  await fillWithDemoData(world.app);
  const app = { ...world.app, config: { ...world.app.config, NODE_ENV: 'production' as const } };
  const server = await startServer(app);
  Object.assign(production, world, { app, url: `http://127.0.0.1:${server.port}` });
  return () => server.close();
});

const accessToken = (at: typeof world, username: string, password: string) =>
  api(at, 'POST', '/access-tokens', { attributes: { username, password } });
const agentToken = (at: typeof world, username: string, password: string) =>
  api(at, 'POST', '/agent-access-tokens', { attributes: { username, password } });
const grant = (at: typeof world, path: string, username: string, password: string) =>
  api(at, 'POST', path, {
    body: new URLSearchParams({ grant_type: 'password', username, password }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
const page = (at: typeof world, email: string, password: string) =>
  browser(at).submit('/login', 'loginForm', { email, password });

describe('the published password', () => {
  const channels = {
    '/access-tokens': (at: typeof world, password: string) => accessToken(at, anna, password),
    '/token': (at: typeof world, password: string) => grant(at, '/token', anna, password),
    'the log-in page': (at: typeof world, password: string) => page(at, anna, password),
    '/agent-access-tokens': (at: typeof world, password: string) => agentToken(at, 'agent@example.org', password),
    'the back office': (at: typeof world, password: string) =>
      grant(at, '/glue-backend/token', 'admin@example.org', password),
  };

  test.for(Object.entries(channels))('at %s signs in while developing, and never in production', async ([, signIn]) => {
    const [developing, published, wrong] = [
      await signIn(world, DEMO_PASSWORD),
      await signIn(production, DEMO_PASSWORD),
      await signIn(production, 'wrong'),
    ];

    expect(developing.status).not.toBe(wrong.status);
    expect(published.status).toBe(wrong.status);
    expect('text' in published && published.text).toBe('text' in wrong && wrong.text);
  });

  test('is no account’s, however it was hashed and typed', async () => {
    const hashes = [bcrypt(DEMO_PASSWORD, 4), createHash('md5').update(DEMO_PASSWORD).digest('hex')];
    hashes.push(await world.app.hasher.hash(DEMO_PASSWORD));
    const fullWidth = DEMO_PASSWORD.replace('D', 'Ｄ');

    for (const hash of hashes) {
      expect((await verifyPassword(world.app, hash, DEMO_PASSWORD)).matches).toBe(true);
      for (const typed of [DEMO_PASSWORD, fullWidth])
        expect((await verifyPassword(production.app, hash, typed)).matches).toBe(false);
      expect((await verifyPassword(production.app, await world.app.hasher.hash(PASSWORD), PASSWORD)).matches).toBe(
        true,
      );
    }
  });

  test('cannot be chosen in production', async () => {
    await expect(checkPassword(production.app, DEMO_PASSWORD)).rejects.toThrow('passwords.refused');
    await expect(checkPassword(world.app, DEMO_PASSWORD)).resolves.toBeUndefined();
    const agent = { email: 'agent@example.org', firstName: 'Demo', lastName: 'Agent' };
    await expect(checkStaffPassword(production.app, DEMO_PASSWORD, agent)).rejects.toThrow('passwords.refused');
    await expect(checkStaffPassword(world.app, DEMO_PASSWORD, agent)).resolves.toBeUndefined();
  });
});

describe('demo:remove', () => {
  const demoReady = async (at: typeof world) =>
    ((await (await fetch(`${at.url}/health/ready`)).json()) as { demoAccounts?: string }).demoAccounts;
  const count = async (table: string) => Number((await world.sql(`select count(*) from ${table}`))[0]?.['count']);

  test('production says that there are demo accounts, development does not', async () => {
    expect([await demoReady(production), await demoReady(world)]).toEqual(['present', undefined]);
  });

  test('removes the demo shop and nothing else', async () => {
    const { id, email } = await activeCustomer(world);
    // One who drew a reference of the demo shop, which is free as one of its customers has another one.
    await world.sql("update customer set reference = 'WAS--7' where reference = 'DEMO--7'");
    await world.sql("update customer set reference = 'DEMO--7' where id = $1", [id]);
    await world.sql("update customer set reference = 'DEMO--7b', import_run_id = null where reference = 'WAS--7'");
    await world.sql("update customer set email = 'x@y.example', email_key = 'x@y.example' where reference = 'DEMO--3'");
    await world.sql(
      `insert into company_user (id, company_id, customer_id, created_at)
       select gen_random_uuid(), id, $1, now() from company where key = 'sternbachl'`,
      [id],
    );
    const dry = await run('demo:remove', ['--dry-run']);
    expect(dry.text).toMatch(
      /Sternbachl .* stays[\s\S]*49 customers, \d+ orders, 3 companies and 2 staff users .* would be/,
    );
    expect((await run('demo:remove', [], { answer: false })).status).toBe(1);
    expect((await run('demo:remove', [], { alone: true })).status).toBe(1);
    expect(await count('customer')).toBe(51);

    const done = await run('demo:remove', [], { answer: true });

    expect([done.status, done.questions.length]).toEqual([0, 1]);
    const rest = await world.sql('select reference, email from customer order by reference');
    expect(rest.map(({ reference }) => reference)).toEqual(['DEMO--7', 'DEMO--7b']);
    expect(rest[0]?.['email']).toBe(email);
    expect(await count('staff_user')).toBe(0);
    expect(await count('company')).toBe(1);
    expect(await count('company_user')).toBe(1);
    expect((await accessToken(world, email, PASSWORD)).status).toBe(201);
    expect((await run('demo:remove', ['--dry-run'])).text).toContain('There is nothing of the demo shop.');
    world.app.memory.forget('demo accounts');
    expect(await demoReady(production)).toBeUndefined();
  });
});
