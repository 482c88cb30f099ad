import { Readable } from 'node:stream';
import { findCommand } from '../src/interfaces/cli/index.ts';
import type { App } from '../src/platform/app.ts';
import type { World } from './app.ts';

interface Shell {
  /** What a person says to every question. */
  answer?: boolean;
  /** Whether nobody is there. */
  alone?: boolean;
  /** What is piped in. */
  input?: string;
  /** Parts of the product that are different. */
  app?: Partial<App>;
}

/** Calls a command as a shell would: its exit status, what it printed and asked, and how far its progress came. */
export const useConsole = (world: World) =>
  async function run(
    name: string,
    args: readonly string[] = [],
    { answer = false, alone = false, input, app = {} }: Shell = {},
  ) {
    const lines: string[] = [];
    const questions: string[] = [];
    const progress: number[] = [];
    const terminal = {
      out: (line: string) => void lines.push(line),
      print: async (text: string) => void lines.push(text.replace(/\n$/, '')),
      progress: {
        start: (total: number) => void progress.push(total),
        update: (done: number) => void progress.push(done),
        stop: () => {},
      },
      onInterrupt: () => {},
      interrupt: () => {},
      isInteractive: !alone,
      confirm: async (question: string) => {
        questions.push(question);
        return answer;
      },
    };
    const found = findCommand(name);
    const command = await found?.load();
    const different = { ...world.app, ...app };
    const call = { app: different, config: different.config, args: [...(found?.words ?? []), ...args], terminal };
    const status = await (input === undefined ? command?.run(call) : piped(input, () => command?.run(call)));
    return { status, text: lines.join('\n'), questions, progress };
  };

async function piped<T>(input: string, work: () => T): Promise<Awaited<T>> {
  const own = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {};
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([input]) });
  try {
    return await work();
  } finally {
    Object.defineProperty(process, 'stdin', own);
  }
}
