import type { OpenApp } from './app.ts';
import { jobs, openApp } from './app.ts';
import type { Command, Terminal } from './interfaces/cli/command.ts';
import type { Config } from './platform/config.ts';
import { holdDataFolder } from './platform/database/hold.ts';
import { type Log, openLog } from './platform/log.ts';

/** The server: everything that answers requests and, unless RUN_JOBS is off, everything that happens later. */
export async function serveProcess(config: Config): Promise<number> {
  const log = openLog(config);
  const open = await openApp(config, log, { supervise: config.RUN_JOBS });
  try {
    const hold = open.database.embedded ? await holdDataFolder(open.database.connection, config.DATA_DIR) : undefined;
    const { startServer } = await import('./server.ts');
    const server = await startServer(open.app);
    const { fillWithDemoData, welcome } = await import('./demo.ts');
    if (config.DEMO_DATA) await fillWithDemoData(open.app);
    if (config.RUN_JOBS) await open.app.queue.work(open.app, jobs);
    if (config.NODE_ENV !== 'production') process.stdout.write(welcome(config, server.port));
    log.info({ port: server.port }, 'ready');

    await signalled(log);
    await server.close();
    await hold?.release();
  } finally {
    await closeAll(open, log);
  }
  return 0;
}

/** Jobs alone. */
export async function workProcess(config: Config): Promise<number> {
  const log = openLog(config);
  const open = await openApp(config, log, { supervise: true });
  try {
    await open.app.queue.work(open.app, jobs);
    log.info('working jobs');
    await signalled(log);
  } finally {
    await closeAll(open, log);
  }
  return 0;
}

/** One command of the console, beside a running server or alone. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  config: Config,
  terminal: Terminal,
): Promise<number> {
  // Lines of a command are its result; the log only says what went wrong, on stderr.
  const log = openLog({ LOG_LEVEL: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL });
  if (command.needs === 'config') return command.run({ app: undefined, config, args, terminal });
  const open = await openApp(config, log, { supervise: false });
  try {
    const app = { ...open.app, origin: { door: 'console', actor: 'console' } } as const;
    return await command.run({ app, config, args, terminal });
  } finally {
    await closeAll(open, log);
  }
}

/** Resolves with the first signal to stop; a second one stops at once. */
function signalled(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (signal: string) => {
      if (stopping) process.exit(130);
      stopping = true;
      log.info({ signal }, 'stopping');
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  });
}

async function closeAll(open: OpenApp, log: Log): Promise<void> {
  await open.close();
  log.info('stopped');
}
