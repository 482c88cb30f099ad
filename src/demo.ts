import { fileURLToPath } from 'node:url';
import { hasCustomers } from './domain/customers/index.ts';
import { demoStaff } from './domain/demo/index.ts';
import { type Action, importRefused, readManifest, runImport } from './domain/imports/index.ts';
import { DEMO_PASSWORD } from './domain/passwords/index.ts';
import { createStaffUser, staffEmailTaken } from './domain/staff/index.ts';
import type { App } from './platform/app.ts';
import type { Config } from './platform/config.ts';

const manifest = fileURLToPath(new URL('../demo/full.yml', import.meta.url));

/** A customer and an agent to begin with. */
const DEMO = { email: 'anna.bergmann@example.org', agent: demoStaff[0].email };

/** Moves the demo shop in, the way any shop moves in, unless somebody is there already. */
export async function fillWithDemoData(app: App): Promise<void> {
  if (await hasCustomers(app.db)) return;
  try {
    await hireDemoStaff(app);
    const { actions } = await readManifest(manifest);
    for (const action of actions) await importDemo(app, action);
  } catch (error) {
    // Another server that starts on the same database is at it.
    if (!importRefused.is(error) && !staffEmailTaken.is(error)) throw error;
    app.log.info({ error: error.message }, 'demo data left to others');
  }
}

async function importDemo(app: App, { importer, file }: Action): Promise<void> {
  await runImport(
    app,
    importer,
    { file, restart: true },
    { rejected: (found) => void (found.length > 0 && app.log.warn({ found }, 'demo data rejected')) },
  );
}

async function hireDemoStaff(app: App): Promise<void> {
  for (const { roles, ...user } of demoStaff)
    await createStaffUser(app, { ...user, roles: [...roles], password: DEMO_PASSWORD, locale: 'en_US' });
}

/** What to do first, for the person who just started the product. */
export function welcome(
  { API_DOCS, DEMO_DATA, PASSWORD_POLICY, SMTP_URL, PUBLIC_URL, PUBLIC_URL_IS_SET }: Config,
  port: number,
): string {
  const base = PUBLIC_URL_IS_SET ? PUBLIC_URL : `http://localhost:${port}`;
  const lines = [
    'Clientele is running.',
    '',
    `  Log in        ${base}/login`,
    `  Register      ${base}/register`,
    ...(SMTP_URL ? [] : [`  Mailbox       ${base}/dev/mailbox`]),
    `  API           ${base}/access-tokens, ${base}/customers …`,
    ...(API_DOCS ? [`  API, to try   ${base}/docs`] : []),
    `  Health        ${base}/health/ready`,
    ...(DEMO_DATA
      ? [
          '',
          `  Demo log-in   ${DEMO.email}`,
          `  Demo agent    ${DEMO.agent}, at POST /agent-access-tokens`,
          `  Password      ${DEMO_PASSWORD}`,
        ]
      : []),
    '',
    ...(PASSWORD_POLICY === 'classic'
      ? ['Recommended:             PASSWORD_POLICY=strong, which refuses passwords that are guessed first']
      : []),
    'Move your customers in:  npx clientele data:import customer --file-name=customer.csv',
    'Stop with Ctrl+C.',
  ];
  return `\n${lines.join('\n')}\n\n`;
}
