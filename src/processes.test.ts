import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { testConfig } from '../test/settings.ts';
import { startRefused } from './platform/problem.ts';
import { serveProcess } from './processes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-process-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a port that is taken is found before a database is set up', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const DATA_DIR = temporaryFolder();

  const start = serveProcess(testConfig({ PORT: String(port), DATA_DIR, DEMO_DATA: 'true' }));

  await expect(start).rejects.toSatisfy(
    (error) => startRefused.is(error) && error.details.reason.startsWith(`Port ${port} is taken.`),
  );
  expect(readdirSync(DATA_DIR)).toEqual([]);
});

/** Node before 24, as the launcher sees it. */
const OLD = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.19.0'}})";

test('a launcher that is killed takes the program with it, in its orderly way', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'dist'));
  copyFileSync(join(root, 'bin/clientele.js'), join(folder, 'bin/clientele.js'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'dist/main.js'),
    `process.on('SIGTERM', () => { console.log('stopped'); process.exit(); });
     setInterval(() => {}, 1000);
     console.log(process.argv.slice(2).join(' '));`,
  );
  const launcher = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(OLD)}`, join(folder, 'bin/clientele.js'), 'serve', '--now'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  launcher.stdout.setEncoding('utf8');
  const [said] = await once(launcher.stdout, 'data');
  expect(said).toBe('serve --now\n');

  launcher.kill('SIGKILL');

  // The pipe ends only when the program that inherited it does.
  const [last] = await once(launcher.stdout, 'data');
  expect(last).toBe('stopped\n');
  await once(launcher.stdout, 'end');
});
