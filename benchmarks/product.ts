// Starts the built product on an empty data folder and stops it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../', import.meta.url));

export function emptyFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-bench-'));
  chmodSync(folder, 0o755);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** A process of the product; resolves once it answers. */
export async function startProduct(
  folder: string,
  settings: Record<string, string> = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(root, 'dist/main.js'), 'serve'], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      DATA_DIR: folder,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}/health/ready`))) {
    if (child.exitCode !== null) throw new Error('the product did not start');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { url, stop: () => stopped(child) };
}

/** Whether an address answers 200 now. */
export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

export function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Runs a console command and returns what GNU time would: seconds and peak memory of the process itself. */
export async function runConsole(
  folder: string,
  args: readonly string[],
): Promise<{ seconds: number; output: string; peakMb: number }> {
  const started = performance.now();
  const script = `process.on('exit', () => process.stderr.write('PEAK ' + process.resourceUsage().maxRSS + '\\n'));process.argv.splice(1, 1, ${JSON.stringify(join(root, 'dist/main.js'))});await import(${JSON.stringify(join(root, 'dist/main.js'))});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, 'clientele', ...args], {
    env: { ...process.env, NODE_ENV: 'development', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}:\n${output}${errors}`);
  const peak = Number(/PEAK (\d+)/.exec(errors)?.[1] ?? 0);
  return { seconds: (performance.now() - started) / 1000, output, peakMb: (peak * 1024) / 1e6 };
}
