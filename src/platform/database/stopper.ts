import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster } from './membership.ts';

const program = fileURLToPath(new URL(`stop-unused${extname(import.meta.url)}`, import.meta.url));

/**
 * Starts a shell that waits for the end of this process, however it ends, and then stops PostgreSQL if nobody else uses
 * it: a process that is killed has no time for that. The shell reads a pipe that only this process holds.
 *
 * The returned function ends the shell, which then does nothing.
 */
export function startStopper({ folder, superuser }: Cluster): () => void {
  const script = 'read -r done || exec "$0" "$@"';
  const args = ['-c', script, process.execPath, program, folder, String(superuser.host)];
  // Detached: neither Ctrl+C in a terminal nor the end of the terminal is meant for it.
  const shell = spawn('/bin/sh', args, { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without a shell PostgreSQL goes on until the next process leaves it.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return () => shell.stdin.end('done\n');
}
