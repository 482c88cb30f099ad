import { setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { OpenApp } from './app.ts';
import { countDemoAccounts } from './domain/demo/index.ts';
import type { App } from './platform/app.ts';
import { jobs, openApp } from './app.ts';
import type { Command, OpenOn, Terminal } from './interfaces/cli/command.ts';
import { checkOperatorPort, startOperatorServer } from './operator-server.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { keepEmbedded } from './platform/database/keep-embedded.ts';
import { isMailboxOpen } from './platform/http/known-hosts.ts';
import { checkPort } from './platform/http/port.ts';
import { type Log, openLog } from './platform/log.ts';

/** The server: everything that answers requests and, unless RUN_JOBS is off, everything that happens later. */
export async function serveProcess(config: Config): Promise<number> {
  keepYoungGenerationSmall();
  const log = openLog(config);
  // First, so that a signal while starting is not lost.
  const stopping = signalled(log);
  // Before anything is set up or seeded for a server that could not answer.
  await checkPort(config.HOST, config.PORT);
  await checkOperatorPort(config);
  const open = await openApp(config, log, { supervise: config.RUN_JOBS });
  let release = async () => {};
  try {
    const { home, connection } = open.database;
    if (home !== undefined) release = await keepEmbedded({ connection, home, dataDir: config.DATA_DIR }, log);
    const { fillWithDemoData, welcome } = await import('./demo.ts');
    // Before anybody is let in: whoever is answered finds the whole shop.
    if (config.DEMO_DATA) await fillWithDemoData(open.app);
    const { startServer } = await import('./server.ts');
    const server = await startServer(open.app);
    const operators = await startOperatorServer(open.app, server.lifecycle);
    if (config.RUN_JOBS) await open.app.queue.work(open.app, jobs);
    if (config.NODE_ENV !== 'production') process.stdout.write(welcome(config, server.port));
    log.info({ port: server.port }, 'ready');
    if (isMailboxOpen(config)) log.warn(openMailbox(config));
    await warnOfDemo(open.app);

    if ((await stopping) === 'SIGTERM') {
      server.drain();
      await drained(config, log);
    }
    await server.close();
    await operators.close();
  } finally {
    try {
      await release();
    } finally {
      await closeAll(open, log);
    }
  }
  return 0;
}

async function warnOfDemo(app: App) {
  if (app.config.NODE_ENV !== 'production') return;
  const { customers, staff } = await countDemoAccounts(app);
  if (customers + staff > 0)
    app.log.warn({ customers, staff }, 'accounts of the demo shop are in this database: `clientele demo:remove`');
}

const openMailbox = ({ HOST }: Config) =>
  `Everyone who reaches ${HOST} can read the emails in /dev/mailbox. Set SMTP_URL, or HOST=127.0.0.1.`;

/** Whoever spreads requests has so long to see that this process is not ready any more; a terminal need not wait. */
function drained({ SHUTDOWN_DELAY }: Config, log: Log): Promise<void> {
  if (SHUTDOWN_DELAY > 0) log.info({ seconds: SHUTDOWN_DELAY }, 'draining');
  return systemClock.wait(SHUTDOWN_DELAY * 1000);
}

/** Jobs alone, and health and metrics of the process that works them. */
export async function workProcess(config: Config): Promise<number> {
  const log = openLog(config);
  const stopping = signalled(log);
  await checkOperatorPort(config);
  const open = await openApp(config, log, { supervise: true });
  try {
    await open.app.queue.work(open.app, jobs);
    const lifecycle = { isDraining: false };
    const operators = await startOperatorServer(open.app, lifecycle);
    try {
      log.info('working jobs');
      await warnOfDemo(open.app);
      await stopping;
      lifecycle.isDraining = true;
    } finally {
      await operators.close();
    }
  } finally {
    await closeAll(open, log);
  }
  return 0;
}

/**
 * What requests and rows of an import leave behind lives for a moment: a young generation that stays small saves a third of a
 * server's memory and half of an import's. It grows while the application opens, so this comes before.
 */
const keepYoungGenerationSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1');

/** A command leaves the cores to a server on the same machine, as do the processes it starts. */
const CONSOLE_NICENESS = 10;

/** One command of the console, beside a running server or alone. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  config: Config,
  terminal: Terminal,
): Promise<number> {
  keepYoungGenerationSmall();
  // Lines of a command are its result, on stdout; the log only says what went wrong, on stderr.
  const log = openLog({ LOG_LEVEL: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL }, 2);
  if (command.needs === 'config') {
    const openOn: OpenOn = (database, { anySecret }) =>
      openApp({ ...config, DATABASE_STATEMENT_TIMEOUT_MS: 0 }, log, { supervise: false, anySecret, database });
    return command.run({ app: undefined, config, args, terminal, openOn });
  }
  const stopping = signalled(log);
  // Who waits for a command can end it; a campaign's first statement may name a million customers.
  const unhurried = { ...config, DATABASE_STATEMENT_TIMEOUT_MS: 0 };
  const open = await openApp(unhurried, log, { supervise: false, anySecret: command.anySecret });
  // After the database: one that was started for this command may go on for a server.
  setPriority(CONSOLE_NICENESS);
  let interrupted = false;
  try {
    const app = { ...open.app, origin: { door: 'console', actor: 'console' } } as const;
    const stopped = stopping.then(() => {
      interrupted = true;
      terminal.interrupt(commandLine(command.name, args));
      return INTERRUPTED;
    });
    return await Promise.race([command.run({ app, config, args, terminal }), stopped]);
  } finally {
    await closeAll(open, log);
    if (interrupted) process.exit(INTERRUPTED);
  }
}

/** A call as a shell takes it again. */
const commandLine = (...words: (string | readonly string[])[]): string =>
  ['clientele', ...words.flat()]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');

/** Exit status of what a signal ended, as shells have it. */
const INTERRUPTED = 130;

/** A terminal, npm and our own launcher may each pass the same signal on; within this time they are one. */
const SAME_SIGNAL_MS = 1000;

/** Resolves with the first signal to stop; a later one stops at once. */
function signalled(log: Log): Promise<string> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const stop = (signal: string) => {
      if (first === undefined) {
        first = performance.now();
        log.info({ signal }, 'stopping');
        resolve(signal);
      } else if (performance.now() - first > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  });
}

async function closeAll(open: OpenApp, log: Log): Promise<void> {
  await open.close();
  log.info('stopped');
}
