import { type DestinationStream, pino } from 'pino';
import { systemClock } from './clock.ts';
import type { Log } from './log.ts';
import { assume } from './types.ts';

/** What is logged of a request. Add nothing that a client can choose freely: the line is written as it stands. */
export interface RequestLine {
  requestId: string;
  /** Of a request that is traced. */
  traceId?: string | undefined;
  method: string;
  /** With the steps masked that are not ours. */
  path: string;
  status: number;
  /** Milliseconds. */
  ms: number;
}

/**
 * Writes the line of a request. It has these members and no others, so that nothing needs to be looked for and left out, as
 * `openLog` does for other lines: that would cost as much as the request.
 */
export function logRequest(log: Log, { requestId, traceId, method, path, status, ms }: RequestLine): void {
  if (!log.isLevelEnabled('info')) return;
  const time = systemClock.now().toISOString();
  const line = { level: 'info', time, requestId, traceId, method, path, status, ms, msg: 'request' };
  destinationOf(log).write(`${JSON.stringify(line)}\n`);
}

const destinationOf = (log: Log) =>
  assume<{ [pino.symbols.streamSym]: DestinationStream }>(log)[pino.symbols.streamSym];
