import { isatty } from 'node:tty';
import { type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from './config.ts';

export type Log = Logger;

/** Keys whose values never reach a log, wherever they stand in a logged object. */
const secrets = [
  'password',
  'newPassword',
  'confirmPassword',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'secret',
];

/** JSON lines on stdout (1) or stderr (2); readable lines where that is a terminal. */
export function openLog({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, fd: 1 | 2 = 1): Log {
  const options: LoggerOptions = {
    level: LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[secret]' },
  };
  if (isatty(fd)) {
    const pretty = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', destination: fd };
    return pino({ ...options, transport: { target: 'pino-pretty', options: pretty } });
  }
  return pino({ ...options, formatters: { level: (label) => ({ level: label }) } }, pino.destination(fd));
}
