import type { App } from '../../platform/app.ts';
import type { Config } from '../../platform/config.ts';
import type { Database } from '../../platform/database/open.ts';
import { parseCall } from './parse-call.ts';

/** How a command speaks: lines, a line that is rewritten while work goes on, and a question. */
export interface Terminal {
  out(line: string): void;
  /** Text as it is; resolves when there is room for more. */
  print(text: string): Promise<void>;
  /** Only on a terminal; elsewhere nothing is printed. */
  progress: Progress;
  /** Sets what a signal that ends the command prints, made of the command line as a shell takes it; undefined: nothing. */
  onInterrupt(advice: ((call: string) => string) | undefined): void;
  /** Called when a signal ends the command: nothing of it is printed from now on but that advice. */
  interrupt(call: string): void;
  /** Whether somebody is there to answer a question. */
  readonly isInteractive: boolean;
  /** False without asking where nobody is. */
  confirm(question: string): Promise<boolean>;
}

/** A line that is rewritten while work goes on. */
export interface Progress {
  /** Starts at 0 of `total`: things, or the bytes of a file whose rows are counted. */
  start(total: number, unit?: 'bytes'): void;
  /** How much is done, and how many rows that is where bytes are the unit. */
  update(done: number, rows?: number): void;
  stop(): void;
}

export interface Option {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  default?: string | boolean;
  help: string;
  /** Name of the value in the help, `FILE`. */
  value?: string;
}

type ValueOf<O extends Option> = O extends { type: 'boolean' }
  ? boolean
  : O extends { multiple: true }
    ? string[]
    : O extends { default: string }
      ? string
      : string | undefined;

export type Options<O extends Record<string, Option>> = { [Name in keyof O]: ValueOf<O[Name]> };

/** What a command is given: typed options, and what stood behind them. */
export interface Call<O extends Record<string, Option>> {
  options: Options<O>;
  words: readonly string[];
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Printed by `--help`. */
  readonly help: string;
  /** Commands that only need settings run without a database. */
  readonly needs: 'app' | 'config';
  /** Whether it runs although the database belongs to another secret. */
  readonly anySecret: boolean;
  /** Exit status: 0 fine, 1 not everything worked, 2 the call was wrong. */
  run(context: {
    app: App | undefined;
    config: Config;
    args: readonly string[];
    terminal: Terminal;
    openOn?: OpenOn;
  }): Promise<number>;
}

/** Opens the application on another database than that of the settings. */
export type OpenOn = (
  database: Database,
  options: { anySecret: boolean },
) => Promise<{ app: App; close(): Promise<void> }>;

interface Definition<O extends Record<string, Option>, Needs> {
  name: string;
  summary: string;
  usage?: string;
  /** Arguments and options of a call that works, for the help; where it is left out, the notes have an example or none is needed. */
  example?: string;
  /** Longer explanation, below the options. */
  notes?: string;
  options?: O;
  needs?: Needs;
  anySecret?: boolean;
}

/** A command that works on the database. */
export function command<O extends Record<string, Option>>(
  definition: Definition<O, 'app'> & { run(app: App, call: Call<O>, terminal: Terminal): Promise<number> },
): Command {
  return made(definition, 'app', ({ app, terminal }, call) => {
    if (!app) throw new Error('this command was called without a database');
    return definition.run(app, call, terminal);
  });
}

/** A command that only needs the settings. */
export function configCommand<O extends Record<string, Option>>(
  definition: Definition<O, 'config'> & {
    run(config: Config, call: Call<O>, terminal: Terminal, openOn: OpenOn | undefined): Promise<number>;
  },
): Command {
  return made(definition, 'config', ({ config, terminal, openOn }, call) =>
    definition.run(config, call, terminal, openOn),
  );
}

type Context = Parameters<Command['run']>[0];

function made<O extends Record<string, Option>, Needs>(
  definition: Definition<O, Needs>,
  needs: Command['needs'],
  run: (context: Context, call: Call<O>) => Promise<number>,
): Command {
  const { name, summary, anySecret = false } = definition;
  return {
    name,
    summary,
    needs,
    anySecret,
    help: helpOf(definition),
    async run(context) {
      const call = parseCall<O>(definition, context.args);
      if (typeof call === 'string') {
        context.terminal.out(`${call}\nSee \`clientele ${name} --help\`.`);
        return 2;
      }
      return run(context, call);
    },
  };
}

function helpOf({
  name,
  summary,
  usage = '',
  example,
  notes,
  options = {},
}: Definition<Record<string, Option>, unknown>): string {
  const rows = Object.entries(options).map(([option, { short, type, value = 'VALUE', help, default: fallback }]) => {
    const names = `${short ? `-${short}, ` : '    '}--${option}${type === 'string' ? `=${value}` : ''}`;
    return [
      names,
      help + (typeof fallback === 'string' ? ` (default: ${fallback})` : fallback ? ' (default: yes)' : ''),
    ] as const;
  });
  const width = Math.max(0, ...rows.map(([names]) => names.length));
  const table = rows.map(([names, help]) => `  ${names.padEnd(width)}  ${help}`).join('\n');
  return [
    `Usage: clientele ${name}${usage ? ` ${usage}` : ''}${rows.length > 0 ? ' [options]' : ''}`,
    summary,
    table,
    notes?.trim(),
    exampleOf(name, notes, example),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Every help ends with a call that can be copied. */
function exampleOf(name: string, notes = '', example?: string): string | undefined {
  if (example === undefined && notes.includes(`clientele ${name}`)) return undefined;
  return `  clientele ${[name, example].filter(Boolean).join(' ')}`;
}

/** Asks before something that cannot be undone; says why nothing was done if the answer is not yes. */
export async function agree(terminal: Terminal, question: string): Promise<boolean> {
  if (await terminal.confirm(question)) return true;
  terminal.out(
    terminal.isInteractive
      ? 'Nothing was done.'
      : `${question} Nothing was done: there is no terminal to answer on. Use --force.`,
  );
  return false;
}
