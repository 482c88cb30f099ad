import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';

// The console on a terminal of its own, which `script` of util-linux makes.
const world = useApp();
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'clientele-terminal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasScript = spawnSync('script', ['--version']).status === 0;
const program = [process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'src/main.ts')];

/** Runs a command line; `onOutput` gets what was printed so far and may type. */
async function onTerminal(args: readonly string[], onOutput: (output: string, type: (keys: string) => void) => void) {
  const { connection, config } = world.app;
  const { connectionString, host = '', port, user, database } = connection;
  const url = connectionString ?? `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const child = spawn('script', ['-qec', [...program, ...args].map((word) => `'${word}'`).join(' '), '/dev/null'], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_ENV: 'test',
      DATABASE_URL: url,
      DATA_DIR: config.DATA_DIR,
      SECRET: config.SECRET,
      TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'),
      COLUMNS: '200',
    },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    onOutput(output, (keys) => void child.stdin.write(keys));
  });
  const [status] = await once(child, 'close');
  return { status, output, screen: screenOf(output) };
}

const ESCAPE = '\u001B';

/** The lines that stay on the screen: what was overwritten or erased is gone. */
function screenOf(output: string): string[] {
  const lines: string[] = [];
  let line = '';
  let at = 0;
  for (const [part, command] of output.replaceAll(ESCAPE, '⎋').matchAll(/⎋\[[?\d;]*([A-Za-z])|⎋[78]|[\s\S]/gu)) {
    if (part === '\n') {
      lines.push(line);
      line = '';
      at = 0;
    } else if (part === '\r') at = 0;
    else if (command === 'G') at = Number(/\d+/.exec(part)?.[0] ?? 1) - 1;
    else if (command === 'K') line = line.slice(0, at);
    else if (!part.startsWith('⎋')) {
      line = line.slice(0, at).padEnd(at) + part + line.slice(at + 1);
      at += 1;
    }
  }
  return [...lines, line];
}

const ROWS = 18_000;
const BAD = new Set([1, 700, 12_000, 17_999]);
function customers(series: string): string {
  const path = join(folder, `${series} customers.csv`);
  const rows = Array.from({ length: ROWS }, (_, at) =>
    BAD.has(at) ? `${series}--${at},nobody,Ida` : `${series}--${at},${series}.${at}@example.org,Ida`,
  );
  writeFileSync(path, `customer_reference,email,first_name\n${rows.join('\n')}\n`);
  return path;
}

test.runIf(hasScript)(
  'Ctrl+C shows the cursor, says how to go on and exits with 130; what goes on has every row once',
  { timeout: 90_000 },
  async () => {
    const file = customers('PT');
    const rejects = join(folder, 'rejects.csv');
    const args = ['data:import', 'customer', `--file-name=${file}`, `--rejects=${rejects}`];
    let typed = false;
    const { status, output, screen } = await onTerminal(args, (output, type) => {
      if (typed || !/[1-9][\d,]* rows/.test(output)) return;
      typed = true;
      type('\u0003');
    });

    expect(status).toBe(130);
    expect(output.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(output.lastIndexOf(`${ESCAPE}[?25l`));
    expect(screen.join('\n')).toContain(
      `To go on after them:\n  clientele data:import customer '--file-name=${file}' --rejects=${rejects}`,
    );
    const [{ count }] = (await world.sql(`select count(*)::int from customer where reference like 'PT--%'`)) as [
      { count: number },
    ];
    const [{ line }] = (await world.sql('select line::int from import_run order by started_at desc limit 1')) as [
      { line: number },
    ];
    expect(count).toBeGreaterThan(0);
    expect(count).toBe(line - 1 - [...BAD].filter((at) => at + 2 <= line).length);

    const again = await onTerminal(args, () => {});

    expect(again.screen.join('\n')).toContain(`An earlier run of this file broke off; going on after line ${line}.`);
    expect(again.screen.join('\n')).toContain(`Importable DataSets: ${ROWS}`);
    expect(new Set(readFileSync(rejects, 'utf8').trimEnd().split('\n').slice(1))).toEqual(
      new Set([...BAD].map((at) => `PT--${at},nobody,Ida`)),
    );
  },
);

test.runIf(hasScript)(
  'problems and the summary stand on lines of their own, the bar counts rows with bytes behind',
  { timeout: 90_000 },
  async () => {
    const file = customers('PU');

    const { status, screen, output } = await onTerminal(['data:import', 'customer', '-f', file], () => {});

    expect(status).toBe(1);
    expect(output).toMatch(/\d % \| [1-9][\d,]* rows, [\d,]+\/s \| [\d.]+ MB of [\d.]+ MB \| [\d:]+ left/);
    for (const at of BAD) expect(screen).toContain(`line ${at + 2}: email is no e-mail address`);
    for (const line of ['Importer type: customer', `Importable DataSets: ${ROWS}`, 'Rejected DataSets: 4'])
      expect(screen).toContain(line);
    const bars = screen.filter((line) => line.includes('█'));
    expect(bars).toHaveLength(1);
    expect(bars[0]).toMatch(/^█+ 100 % \| 18,000 rows/);
  },
);
