import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from './embedded.ts';

/** Anybody but whom root would have chosen. */
const SOMEBODY = 65_534;

test.runIf(process.getuid?.() === 0)('root works on the database of an ordinary user as that user', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-owner-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  await (await openEmbedded(folder)).close();
  execFileSync('chown', ['-R', `${SOMEBODY}`, folder]);

  const { close, connection } = await openEmbedded(folder);
  await close();

  expect(connection.host).toBe(join(folder, 'run'));
  for (const part of ['run', 'postgres', 'postgres/PG_VERSION'])
    expect({ part, owner: statSync(join(folder, part)).uid }).toEqual({ part, owner: SOMEBODY });
});
