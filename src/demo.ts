import { fileURLToPath } from 'node:url';
import { hasCustomers } from './domain/customers/index.ts';
import { readManifest, runImport } from './domain/imports/index.ts';
import type { App } from './platform/app.ts';
import type { Config } from './platform/config.ts';

const manifest = fileURLToPath(new URL('../demo/import.yml', import.meta.url));

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
  for (const { importer, file } of await readManifest(manifest)) {
    await runImport(
      app,
      importer,
      { ...reading, file },
      {
        header() {},
        resumed() {},
        progress() {},
        rejected: (found) => found.length > 0 && app.log.warn({ found }, 'demo data rejected'),
      },
    );
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
