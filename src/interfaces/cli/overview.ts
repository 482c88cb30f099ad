import { commands } from './index.ts';

/** Commands that run until they are stopped; `main.ts` starts them. */
export const longRunning = {
  serve: 'Start the server: pages, API, jobs',
  work: 'Work jobs without serving requests, beside servers with RUN_JOBS=false',
} as const;

/** Exit statuses of every command, as `docs/commands.md` says. */
const statuses = 'Exit status: 0 done, 1 failed, 2 the call was wrong, 130 interrupted.';

/** Every command with what it does, in the order of `--help`. */
export async function listCommands(): Promise<[name: string, summary: string][]> {
  const rows: [string, string][] = Object.entries(longRunning);
  for (const [name, load] of commands) rows.push([name, (await load()).summary]);
  return rows;
}

/** What `clientele --help` prints. */
export async function overview(): Promise<string> {
  const rows = await listCommands();
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    'Usage: clientele COMMAND [options]',
    rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`).join('\n'),
    `\`clientele COMMAND --help\` says more. Settings come from the environment: see \`clientele config\`.\n${statuses}`,
  ].join('\n\n');
}
