// npm run drill -- 20: the fail-over drill with real processes, so many rounds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { failOverDrill, type Instance } from '../test/fail-over-drill.ts';
import { freePort, postgresMissing } from '../test/postgres-server.ts';

const bin = fileURLToPath(new URL('../bin/clientele.js', import.meta.url));

async function start(databaseUrl: string): Promise<Instance> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [bin, 'serve'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATA_DIR: mkdtempSync(join(tmpdir(), 'clientele-drill-')),
      DATABASE_URL: databaseUrl,
      SECRET: 'a secret of a drill with thirty-two characters',
      DEMO_DATA: 'false',
      LOG_LEVEL: 'warn',
      SHUTDOWN_DELAY: '1',
      ARGON2_MEMORY_KIB: '1024',
    },
  });
  const isReady = () =>
    fetch(`${url}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error('the server did not start');
    await pause(50);
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

if (postgresMissing) {
  console.log(`The drill ${postgresMissing}`);
  process.exit(1);
}
const rounds = Number(process.argv[2] ?? 3);
const result = await failOverDrill({ rounds, start, log: console.log, warmUpMs: 5000 });
const { lost, failedInRestart, statuses, backAfterMs } = result;
const others = Object.keys(statuses).filter((status) => status !== '201' && status !== '503');
console.log(JSON.stringify(result, null, 2));
const isPassed =
  lost.length === 0 && failedInRestart.length === 0 && others.length === 0 && backAfterMs.every((ms) => ms <= 1000);
console.log(isPassed ? `passed, ${rounds} rounds` : 'failed');
process.exit(isPassed ? 0 : 1);
