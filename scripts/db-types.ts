// Writes src/platform/database/tables.ts from a freshly migrated database; --check only says whether it is current.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../src/platform/database/embedded.ts';
import { migrate } from '../src/platform/database/migrate.ts';

const target = 'src/platform/database/tables.ts';
const folder = mkdtempSync(join(tmpdir(), 'clientele-types-'));
execFileSync('chmod', ['755', folder]);
const embedded = await openEmbedded(folder);
try {
  await migrate(embedded.connection);
  const made = join(folder, 'tables.ts');
  const { host = '' } = embedded.connection;
  const url = `postgresql://clientele@localhost/clientele?host=${encodeURIComponent(host)}`;
  execFileSync(
    'kysely-codegen',
    [
      '--dialect',
      'postgres',
      '--camel-case',
      '--url',
      url,
      '--out-file',
      made,
      '--exclude-pattern',
      'kysely_*',
      '--include-pattern',
      'public.*',
      '--type-mapping',
      '{"int8":"number","date":"string"}',
      '--log-level',
      'error',
    ],
    { stdio: 'inherit' },
  );
  const types = readFileSync(made, 'utf8');
  if (process.argv.includes('--check')) {
    if (types !== readFileSync(target, 'utf8'))
      throw new Error(`${target} is not what the migrations say. Run \`npm run db:types\`.`);
    console.log(`${target} is current`);
  } else {
    execFileSync('cp', [made, target]);
  }
} finally {
  await embedded.close();
  rmSync(folder, { recursive: true, force: true });
}
