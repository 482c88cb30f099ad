import { runCommand, serveProcess, workProcess } from './processes.ts';
import { didYouMean } from './interfaces/cli/did-you-mean.ts';
import { commands, findCommand } from './interfaces/cli/index.ts';
import { parseCall } from './interfaces/cli/parse-call.ts';
import { longRunning, overview } from './interfaces/cli/overview.ts';
import { openTerminal } from './interfaces/cli/terminal.ts';
import { readConfig } from './platform/config.ts';
import { databaseTrouble } from './platform/database/errors.ts';
import { crashReport } from './platform/log.ts';
import { startRefused } from './platform/problem.ts';
import { readVersion } from './platform/version.ts';

const processes = new Map([
  ['serve', { summary: longRunning.serve, run: serveProcess }],
  ['work', { summary: longRunning.work, run: workProcess }],
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
  const longRunner = processes.get(name);
  if (longRunner) {
    const call = parseCall({ name }, wantsHelp ? [] : args);
    if (typeof call === 'string') {
      terminal.out(`${call}\nSettings come from the environment: see \`clientele config\`.`);
      return 2;
    }
    if (!wantsHelp) return longRunner.run(readConfig());
    terminal.out(
      `Usage: clientele ${name}\n\n${longRunner.summary}\n\nSettings come from the environment: see \`clientele config\`.\n\n  clientele ${name}`,
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
