import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pg from 'pg';
import { api } from '../test/api.ts';
import { useApp, type World } from '../test/app.ts';
import { browser } from '../test/browser.ts';
import { activeCustomer, PASSWORD, somebody } from '../test/builders.ts';
import { openPooler, poolerMissing } from '../test/pooler.ts';
import { quiet, testConfig } from '../test/settings.ts';
import { openApp } from './app.ts';
import { importerOf, runImport } from './domain/imports/index.ts';
import { startServer } from './server.ts';

const world = useApp();

describe.skipIf(poolerMissing)(`behind PgBouncer in transaction mode ${poolerMissing ?? ''}`, () => {
  /** The same database, reached by a server that goes through the pooler. */
  let pooled: World;
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const pooler = await openPooler(world.app.connection);
    closers.push(pooler.close);
    const { host, port, user, database } = new pg.Client(world.app.connection);
    const config = testConfig({
      DATABASE_URL: pooler.url,
      DATABASE_DIRECT_URL: `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
      DATABASE_PREPARE: 'false',
    });
    const { app, close } = await openApp(config, quiet, { supervise: false, clock: world.app.clock });
    closers.push(close);
    const server = await startServer(app);
    closers.push(server.close);
    pooled = { ...world, app, url: `http://127.0.0.1:${server.port}` };
  });
  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  });

  test('it is ready, the job queue on its own connections included', async () => {
    const ready = await fetch(`${pooled.url}/health/ready`);

    expect(await ready.json()).toEqual({ status: 'ok', database: 'ok', schema: 'ok', jobs: 'ok' });
  });

  test('many who register and sign in at once share few connections of the server', async () => {
    const registered = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { email, firstName, lastName } = somebody();
        const attributes = {
          email,
          firstName,
          lastName,
          gender: 'Female',
          salutation: 'Ms',
          password: PASSWORD,
          confirmPassword: PASSWORD,
          acceptedTerms: true,
        };
        return api(pooled, 'POST', '/customers', { attributes });
      }),
    );
    const customers = await Promise.all(Array.from({ length: 10 }, () => activeCustomer(pooled)));
    const signedIn = await Promise.all(
      customers.map(({ email }) =>
        api(pooled, 'POST', '/access-tokens', { attributes: { username: email, password: PASSWORD } }),
      ),
    );

    expect(registered.map(({ status }) => status)).toEqual(registered.map(() => 201));
    expect(signedIn.map(({ status }) => status)).toEqual(signedIn.map(() => 201));
  });

  test('a page, its session and the email that follows from it work', async () => {
    const { email } = await activeCustomer(pooled);
    const visitor = browser(pooled);

    await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
    await visitor.submit('/password/forgotten', 'forgottenPassword', { email });

    expect((await visitor.get('/customer/overview')).status).toBe(200);
  });

  test('an import goes around the pooler, for its temporary tables, COPY and lock', async () => {
    const file = join(pooled.app.config.DATA_DIR, 'customers.csv');
    const { email } = somebody();
    await writeFile(file, `customer_reference,email,first_name,last_name\nDE--77001,${email},Ida,Noor\n`);

    expect(await runImport(pooled.app, importerOf('customer'), { file })).toMatchObject({ created: 1 });
  });
});
