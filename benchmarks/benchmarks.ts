import { agentSearch } from './agent-search.ts';
import { importBenchmark } from './import.ts';
import { install } from './install.ts';
import { lists } from './lists.ts';
import { logIns } from './log-ins.ts';
import { memory } from './memory.ts';
import { logLevel, readCustomer } from './read-customer.ts';
import { startUp } from './start-up.ts';
import { statements } from './statements.ts';
import { timing } from './timing.ts';
import { writes } from './writes.ts';

export interface Benchmark {
  name: string;
  /** Each figure in words. */
  what: Record<string, string>;
  bar: Record<string, number>;
  /** Whether more is better. */
  atLeast: boolean;
  /** Whether it takes so long that it is measured only when it is named. */
  onlyByName?: boolean;
  measure(): Promise<Record<string, number>>;
}

export const benchmarks: readonly Benchmark[] = [
  logIns,
  readCustomer,
  logLevel,
  ...writes,
  statements,
  lists,
  agentSearch,
  importBenchmark,
  startUp,
  install,
  memory,
  timing,
];
