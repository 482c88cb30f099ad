// Hashes and verifies passwords for `hashing-processes.ts`: a line of JSON in, a line out, one after the other, until its input ends.
// Nothing happens beside it, so it reads and computes synchronously, on one thread.
import { readSync, writeSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { hashSync, verifySync } from '@node-rs/argon2';
import type { Answer, Task } from './hashing-processes.ts';
import { verifyImported } from './imported-hashes.ts';

const [INPUT, OUTPUT] = [0, 1];
/** Of tasks that came together so many are answered together: the server finishes them with warm caches. */
const TOGETHER = 4;
/** Requests and the database go first; hashing takes what is left of the cores. */
const NICENESS = 5;

// A console that runs at a lower priority still keeps it for its hashing.
setPriority(Math.max(NICENESS, getPriority()));
// The end of its input ends it: a server that is told to stop still answers whom it let in.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const buffer = Buffer.alloc(65_536);
const decoder = new StringDecoder('utf8');
let rest = '';
for (let length = readSync(INPUT, buffer); length > 0; length = readSync(INPUT, buffer)) {
  const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n');
  rest = lines.pop() ?? '';
  while (lines.length > 0) {
    const answers = lines.splice(0, TOGETHER).map((line) => `${JSON.stringify(compute(JSON.parse(line) as Task))}\n`);
    answer(answers.join(''));
  }
}

/** Whoever asked may be gone; then there is nothing left to do, nor to say. */
function answer(text: string) {
  try {
    writeSync(OUTPUT, text);
  } catch {
    process.exit();
  }
}

function compute(task: Task): Answer {
  try {
    if ('options' in task) return { hash: hashSync(task.password, task.options) };
    if ('format' in task) {
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      const match = verifyImported(task.format, task.stored, task.password);
      const { user, system } = process.cpuUsage(cpu);
      return { match, milliseconds: performance.now() - started, cpuMilliseconds: (user + system) / 1000 };
    }
    return { verified: verifySync(task.stored, task.password) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'unknown' };
  }
}
