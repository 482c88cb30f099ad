import { runCommand, serveProcess, workProcess } from './processes.ts';
import { didYouMean } from './interfaces/cli/did-you-mean.ts';
import { commands, findCommand } from './interfaces/cli/index.ts';
import { openTerminal } from './interfaces/cli/terminal.ts';
import { readConfig } from './platform/config.ts';
import { databaseTrouble } from './platform/database/errors.ts';
import { crashReport } from './platform/log.ts';
import { startRefused } from './platform/problem.ts';
import { readVersion } from './platform/version.ts';

const processes = new Map([
  ['serve', { summary: 'Start the server: pages, API, jobs', run: serveProcess }],
  ['work', { summary: 'Work jobs without serving requests, beside servers with RUN_JOBS=false', run: workProcess }],
]);

/** Runs one command line and returns its exit status. */
async function main([name = '--help', ...args]: string[]): Promise<number> {
  const terminal = openTerminal();
  if (name === '--version' || name === '-V') {
    terminal.out(await readVersion());
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help' || name === 'list') {
    terminal.out(await overview());
    return 0;
  }
  const wantsHelp = args.includes('--help') || args.includes('-h');
  const longRunning = processes.get(name);
  if (longRunning) {
    if (!wantsHelp) return longRunning.run(readConfig());
    terminal.out(
      `Usage: clientele ${name}\n\n${longRunning.summary}\n\nSettings come from the environment: see \`clientele config\`.`,
    );
    return 0;
  }
  const found = findCommand(name);
  if (!found) {
    const suggestion = didYouMean(name, [...processes.keys(), ...commands.keys()]);
    terminal.out(`There is no command ${name}.${suggestion}\nSee \`clientele --help\`.`);
    return 2;
  }
  const command = await found.load();
  if (wantsHelp) {
    terminal.out(command.help);
    return 0;
  }
  return runCommand(command, [...found.words, ...args], readConfig(), terminal);
}

async function overview(): Promise<string> {
  const rows: [string, string][] = [...processes].map(([name, { summary }]) => [name, summary]);
  for (const [name, load] of commands) rows.push([name, (await load()).summary]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    'Usage: clientele COMMAND [options]',
    rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`).join('\n'),
    '`clientele COMMAND --help` says more. Settings come from the environment: see `clientele config`.',
  ].join('\n\n');
}

// `clientele … | head` is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

// Node would print every member of an error; those of the database repeat what customers typed.
process.on('uncaughtException', (error) => {
  process.stderr.write(crashReport(error));
  process.exit(1);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const reason = startRefused.is(error) ? error.details.reason : databaseTrouble(error);
  process.stderr.write(reason === undefined ? crashReport(error) : `${reason}\n`);
  // What failed half-way may have left timers and connections that would keep the process alive.
  process.exit(1);
}
