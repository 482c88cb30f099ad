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

/** Arguments of Node that start the launcher in a folder as an old Node would. */
function launcherIn(folder: string, program: string): string[] {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'dist'));
  copyFileSync(join(root, 'bin/clientele.js'), join(folder, 'bin/clientele.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'dist/main.js'), program);
  return ['--import', `data:text/javascript,${encodeURIComponent(OLD)}`, join(folder, 'bin/clientele.js')];
}

test('a launcher that finds no Node 24 says what to do', async () => {
  const launcher = spawn(process.execPath, launcherIn(temporaryFolder(), ''), { stdio: ['ignore', 'ignore', 'pipe'] });
  launcher.stderr.setEncoding('utf8');
  const [[said], [status]] = await Promise.all([once(launcher.stderr, 'data'), once(launcher, 'exit')]);

  expect(said).toBe(
    `Clientele needs Node 24 or later; this is ${process.version}, and npm brings one for Linux on x64 and arm64 only. \
Run \`npm ci\` again there, install Node 24 elsewhere.\n`,
  );
  expect(status).toBe(1);
});

test('a launcher that is killed takes the program with it, in its orderly way', async () => {
  const folder = temporaryFolder();
  const args = launcherIn(
    folder,
    `process.on('SIGTERM', () => { console.log('stopped'); process.exit(); });
     setInterval(() => {}, 1000);
     console.log(process.argv.slice(2).join(' '));`,
  );
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const launcher = spawn(process.execPath, [...args, 'serve', '--now'], { stdio: ['ignore', 'pipe', 'inherit'] });
  launcher.stdout.setEncoding('utf8');
  const [said] = await once(launcher.stdout, 'data');
  expect(said).toBe('serve --now\n');

  launcher.kill('SIGKILL');

  // The pipe ends only when the program that inherited it does.
  const [last] = await once(launcher.stdout, 'data');
  expect(last).toBe('stopped\n');
  await once(launcher.stdout, 'end');
});
