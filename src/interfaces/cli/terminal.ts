import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './command.ts';

/** The terminal of this process. Results go to stdout, progress to stderr. */
export function openTerminal(): Terminal {
  const bar = process.stderr.isTTY
    ? new SingleBar(
        {
          format: '{bar} {percentage} % | {value} of {total} | {eta_formatted} left',
          hideCursor: true,
          stream: process.stderr,
          etaBuffer: 200,
        },
        Presets.shades_classic,
      )
    : undefined;
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    async print(text) {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    progress: {
      start: (total) => bar?.start(total, 0),
      update: (done) => bar?.update(done),
      stop: () => bar?.stop(),
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
