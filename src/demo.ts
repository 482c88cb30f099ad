import { fileURLToPath } from 'node:url';
import { hasCustomers } from './domain/customers/index.ts';
import { type Action, importRefused, readManifest, runImport } from './domain/imports/index.ts';
import { createStaffUser, staffEmailTaken } from './domain/staff/index.ts';
import type { App } from './platform/app.ts';
import type { Config } from './platform/config.ts';

const manifest = fileURLToPath(new URL('../demo/full.yml', import.meta.url));

/** Of every demo customer that has one, and of the staff. */
const DEMO = { email: 'anna.bergmann@example.org', agent: 'agent@example.org', password: 'Demo-Shopper-2026' };

/** Moves the demo shop in, the way any shop moves in, unless somebody is there already. */
export async function fillWithDemoData(app: App): Promise<void> {
  if (await hasCustomers(app.db)) return;
  try {
    await hireDemoStaff(app);
    for (const action of await readManifest(manifest)) await importDemo(app, action);
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
  const common = { password: DEMO.password, locale: 'en_US' };
  const agent = { email: DEMO.agent, firstName: 'Alex', lastName: 'Winter', isAgent: true, roles: ['support'] };
  const head = {
    email: 'admin@example.org',
    firstName: 'Ada',
    lastName: 'Moor',
    isAgent: false,
    roles: ['administrator'],
  };
  for (const user of [agent, head]) await createStaffUser(app, { ...common, ...user });
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
          `  Password      ${DEMO.password}`,
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
