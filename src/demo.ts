import { fileURLToPath } from 'node:url';
import { hasCustomers } from './domain/customers/index.ts';
import { importerOf, importRefused, runImport } from './domain/imports/index.ts';
import type { App } from './platform/app.ts';
import type { Config } from './platform/config.ts';

const file = fileURLToPath(new URL('../demo/customer.csv', import.meta.url));

/** Of every demo customer that has one. */
const DEMO = { email: 'anna.bergmann@example.org', password: 'Demo-Shopper-2026' };

/** Moves the demo shop's customers in, the way any shop moves in, unless somebody is there already. */
export async function fillWithDemoData(app: App): Promise<void> {
  if (await hasCustomers(app.db)) return;
  const reading = {
    offset: 0,
    limit: undefined,
    delimiter: ',',
    enclosure: '"',
    escape: '"',
    hasHeader: true,
    dryRun: false,
    stopAtFirst: false,
    restart: true,
    keepRows: false,
  };
  const listener = {
    header: () => {},
    resumed: () => {},
    progress: () => {},
    rejected: (found: readonly object[]) => void (found.length > 0 && app.log.warn({ found }, 'demo data rejected')),
  };
  try {
    await runImport(app, importerOf('customer'), { ...reading, file }, listener);
  } catch (error) {
    // Another server that starts on the same database is at it.
    if (!importRefused.is(error)) throw error;
    app.log.info({ reason: error.details.reason }, 'demo data left to others');
  }
}

/** What to do first, for the person who just started the product. */
export function welcome({ DEMO_DATA, SMTP_URL, PUBLIC_URL, PUBLIC_URL_IS_SET }: Config, port: number): string {
  const base = PUBLIC_URL_IS_SET ? PUBLIC_URL : `http://localhost:${port}`;
  const lines = [
    'Clientele is running.',
    '',
    `  Log in        ${base}/login`,
    `  Register      ${base}/register`,
    ...(SMTP_URL ? [] : [`  Mailbox       ${base}/dev/mailbox`]),
    `  API           ${base}/access-tokens, ${base}/customers …`,
    `  Health        ${base}/health/ready`,
    ...(DEMO_DATA ? ['', `  Demo log-in   ${DEMO.email}`, `  Password      ${DEMO.password}`] : []),
    '',
    'Move your customers in:  npx clientele data:import customer --file-name=customer.csv',
    'Stop with Ctrl+C.',
  ];
  return `\n${lines.join('\n')}\n\n`;
}
