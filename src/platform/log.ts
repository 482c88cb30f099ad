import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from './config.ts';

export type Log = Logger;

/** What a line may say of its own accord; other members are named and not shown. Texts of ours, none that anyone typed. */
const plain = new Set(['requestId', 'method', 'path', 'job', 'id', 'signal', 'subject', 'code']);
/** Texts that may repeat what somebody typed: what stands in quotes and what looks like an address or a key goes. */
const quoting = new Set(['message', 'reason']);
/** Numbers and yes or no tell nothing, whatever they are called. */
const isHarmless = (value: unknown) => value === null || ['number', 'boolean', 'undefined'].includes(typeof value);

/**
 * A text of a program about something, without the something: databases, mail servers and parsers repeat what they were
 * given in quotes, which may be a password. From the first quote to the last, as what is quoted may hold quotes.
 */
export const withoutValues = (text: string): string =>
  text
    .replace(/"[\s\S]*"/, '"…"')
    .replace(/(?<!\w)'[\s\S]*'/, "'…'")
    .replace(/`[\s\S]*`/, '`…`')
    .replace(/[^\s<>]*@[^\s<>]*/g, '…@…')
    .replace(/[\w+/=-]{32,}/g, '…')
    .slice(0, 1000);

/** What a thrown error is called and said, for a line of text. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  // A parser quotes its input, from wherever it likes.
  return error instanceof SyntaxError ? error.name : withoutValues(error.message);
}

/** Members by which databases, networks and mail servers say what happened, without what it happened to. */
const facts = new Set([
  'code',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'syscall',
  'errno',
  'responseCode',
]);

/** An error as a line shows it: what and where, never the values it was about. */
function described(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return errorText(error);
  const members = Object.entries(error).filter(
    ([name, value]) => facts.has(name) && ['string', 'number'].includes(typeof value),
  );
  return {
    type: error.name,
    message: errorText(error),
    ...Object.fromEntries(members),
    ...(error.cause !== undefined && depth < 3 ? { cause: described(error.cause, depth + 1) } : {}),
    // The first lines of a stack repeat the message.
    stack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
  };
}

/** A line about an error that nothing handled, before the process ends: as {@link openLog} writes errors, values left out. */
export const crashReport = (error: unknown): string =>
  `${JSON.stringify({ level: 'fatal', error: described(error), msg: 'ended by an error of the program' })}\n`;

function shown(name: string, value: unknown): unknown {
  if (isHarmless(value)) return value;
  if (value instanceof Error) return described(value);
  if (name === 'error' || name === 'err' || quoting.has(name))
    return typeof value === 'string' ? withoutValues(value) : '…';
  if (plain.has(name) && typeof value === 'string') return value;
  // Names of migrations.
  if (name === 'applied' && Array.isArray(value)) return value.map(String);
  return '…';
}

/** JSON lines on stdout (1), stderr (2) or wherever; readable lines where that is a terminal. */
export function openLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, to: 1 | 2 | DestinationStream = 1): Log {
  const options: LoggerOptions = {
    level: LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      log: (members) => Object.fromEntries(Object.entries(members).map(([name, value]) => [name, shown(name, value)])),
    },
  };
  if (typeof to === 'number' && isatty(to)) {
    const pretty = {
      // Of a request in one line: `request GET /customers/DE--7 200 3 ms`.
      messageFormat: '{msg}{if method} {method} {path} {status} {ms} ms{end}',
      ignore: 'pid,hostname,method,path,status,ms',
      singleLine: true,
      translateTime: 'HH:MM:ss',
      destination: to,
    };
    return pino({ ...options, transport: { target: 'pino-pretty', options: pretty } });
  }
  const level = (label: string) => ({ level: label });
  return pino({ ...options, formatters: { ...options.formatters, level } }, typeof to === 'number' ? buffered(to) : to);
}

/** Bytes of log lines that are written at once. */
const BUFFER_BYTES = 4096;
/** Milliseconds after which fewer are written too. */
const FLUSH_MS = 100;

/**
 * Writes lines together: a write for each would take as long as the rest of a request. In order and at once, as what a thread
 * still has to write is lost or late when the process ends. What is left then is written first, whether a signal ends it, an
 * error or nothing.
 */
function buffered(to: number): DestinationStream {
  const destination = pino.destination({ dest: to, sync: true, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
  process.on('exit', () => destination.flushSync());
  return destination;
}
