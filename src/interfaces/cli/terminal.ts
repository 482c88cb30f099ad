import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './command.ts';
import { openProgressBar } from './progress-bar.ts';

/** The terminal of this process. Results go to stdout, progress to stderr. */
export function openTerminal(): Terminal {
  const bar = process.stderr.isTTY ? openProgressBar(process.stderr) : undefined;
  let advice: ((call: string) => string) | undefined;
  let isInterrupted = false;
  /** What is redirected into a file is not in the way of the bar. */
  const beside = (print: () => void) => (bar && process.stdout.isTTY ? bar.above(print) : print());
  return {
    out(line) {
      if (!isInterrupted) beside(() => void process.stdout.write(`${line}\n`));
    },
    async print(text) {
      if (isInterrupted) return;
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    progress: {
      start: (total, unit) => bar?.start(total, unit),
      update: (done, rows) => bar?.update(done, rows),
      stop: () => bar?.stop(),
    },
    onInterrupt: (next) => void (advice = next),
    interrupt(call) {
      isInterrupted = true;
      bar?.stop();
      if (advice) process.stderr.write(`${advice(call)}\n`);
    },
    isInteractive: process.stdin.isTTY,
    async confirm(question) {
      if (!process.stdin.isTTY) return false;
      const prompt = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return /^\s*(y|yes|j|ja)\s*$/i.test(await prompt.question(`${question} [y/N] `));
      } finally {
        prompt.close();
      }
    },
  };
}
