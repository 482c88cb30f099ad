import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openLog } from './log.ts';
import { logRequest } from './request-log.ts';

const line = { requestId: 'r-1', method: 'GET', path: '/customers/DE--7', status: 200, ms: 3 };

function written(level: 'info' | 'warn', members: typeof line): string {
  let output = '';
  logRequest(openLog({ LOG_LEVEL: level }, { write: (text) => void (output += text) }), members);
  return output;
}

test('a request is one line of JSON with the members that every request has', () => {
  expect(written('info', line)).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(written('info', line))).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    ...line,
    msg: 'request',
  });
});

test('what else somebody hands in does not reach the line', () => {
  expect(written('info', Object.assign({ email: 'ada@example.org', password: 'x' }, line))).not.toMatch(/ada|password/);
});

test('above info requests are not logged', () => {
  expect(written('warn', line)).toBe('');
});

const log = new URL('log.ts', import.meta.url).href;
const requestLog = new URL('request-log.ts', import.meta.url).href;

test.for([
  ['comes to its end', ''],
  ['exits', 'process.exit()'],
  [
    'is ended by an error',
    "process.on('uncaughtException', () => process.exit(1)); setTimeout(() => { throw new Error('x'); })",
  ],
  ['is stopped by a signal', "process.on('SIGTERM', () => process.exit(0)); process.kill(process.pid, 'SIGTERM')"],
])('no line is lost when a process %s', async ([, ending]) => {
  const script = `
    import { openLog } from '${log}';
    import { logRequest } from '${requestLog}';
    const log = openLog({ LOG_LEVEL: 'info' });
    for (let status = 0; status < 100; status++) logRequest(log, { ...${JSON.stringify(line)}, status });
    log.error('last');
    ${ending}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

  const lines = (await text(child.stdout))
    .trim()
    .split('\n')
    .map((json) => JSON.parse(json));

  expect(lines.map(({ status }) => status)).toEqual([...Array.from({ length: 100 }, (_, status) => status), undefined]);
  expect(lines.at(-1)).toMatchObject({ level: 'error', msg: 'last' });
});
