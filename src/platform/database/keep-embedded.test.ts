import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from './embedded.ts';
import { keepEmbedded } from './keep-embedded.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-keep-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const refusal = (opening: Promise<unknown>): Promise<string | undefined> =>
  opening.then(
    () => undefined,
    (error) => error.details.reason,
  );

test('a database whose files vanish under a server ends it, and is not set up anew, then or later', async () => {
  const dataDir = temporaryFolder();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(String(JSON.parse(line).msg)) });
  const { connection, home, close } = await openEmbedded(dataDir);
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  await keepEmbedded({ connection, home, dataDir }, log, end);
  const cluster = join(home, 'postgres');
  const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);

  renameSync(cluster, join(home, 'elsewhere'));
  process.kill(pid, 'SIGQUIT');

  expect(await ended).toBe(1);
  expect(lines.at(-1)).toBe(
    `the database folder ${cluster} has vanished while the server ran. Restore it from a backup, then start again`,
  );
  expect(existsSync(cluster)).toBe(false);
  await close();

  expect(await refusal(openEmbedded(dataDir))).toMatch(/The database of the data folder .* is gone: .* is missing\./);
  expect(existsSync(cluster)).toBe(false);
});

test('where there must be a database, none is set up', async () => {
  const dataDir = temporaryFolder();

  expect(await refusal(openEmbedded(dataDir, [], { create: false }))).toContain('is gone');
  expect(readdirSync(dataDir)).not.toContain('postgres');
});
