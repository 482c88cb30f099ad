import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort, serverFolder, unprivileged } from './postgres-server.ts';

const PGBOUNCER = '/usr/sbin/pgbouncer';

/** Why tests with a pooler cannot run here; undefined where they can. */
export const poolerMissing: string | undefined = existsSync(PGBOUNCER)
  ? undefined
  : 'needs the PgBouncer of Debian: apt-get install pgbouncer';

/** PgBouncer in transaction mode, in front of a database. */
export async function openPooler(target: pg.ClientConfig): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port, user = '', database = '' } = new pg.Client(target);
  const { folder, remove } = serverFolder('pooler');
  const listen = await freePort();
  writeFileSync(join(folder, 'users'), `"${user}" ""\n`);
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
${database} = host=${host} port=${port} dbname=${database} user=${user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listen}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = transaction
default_pool_size = 4
`,
  );
  const child = spawn(PGBOUNCER, ['-q', join(folder, 'pgbouncer.ini')], { ...unprivileged, stdio: 'ignore' });
  const url = `postgresql://${user}@127.0.0.1:${listen}/${database}`;
  for (let tries = 0; ; tries++) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (tries > 100 || child.exitCode !== null) throw error;
      await pause(20);
    }
  }
  return {
    url,
    async close() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      child.kill('SIGKILL');
      await gone;
      remove();
    },
  };
}
