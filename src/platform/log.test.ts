import pg from 'pg';
import { beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { crashReport, openLog } from './log.ts';

const CANARY = 'Canary-4711-Wren';

/** What the real log writes of one call, at the level that says most. */
function written(members: object, message = 'a message'): string {
  let line = '';
  openLog({ LOG_LEVEL: 'trace' }, { write: (text) => void (line += text) }).error(members, message);
  return line;
}

async function thrown(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

let query: (text: string, values?: unknown[]) => Promise<unknown>;
beforeAll(async () => {
  const client = new pg.Client({ ...inject('superuser') });
  await client.connect();
  query = (text, values) => client.query(text, values);
  await query('create temp table person (email text unique, born date check (born > $$1900-01-01$$))');
  return () => client.end();
});

test.for<[name: string, fail: () => unknown]>([
  ['a unique column', () => query('insert into person values ($1), ($1)', [CANARY])],
  ['a check', () => query("insert into person values ($1, '1800-01-01')", [CANARY])],
  ['a type', () => query('select $1::text::uuid', [CANARY])],
  ['a number', () => query('select $1::text::int', [`1"${CANARY}"2`])],
  ['json', () => query('select $1::text::jsonb', [`{"a": "${CANARY}" "b"}`])],
  ['a date', () => query('select $1::text::date', [CANARY])],
  ['SQL', () => query(`select '${CANARY}' "${CANARY}`)],
  ['JSON', () => JSON.parse(`{"password": "${CANARY}" oops "x`)],
  ['short JSON', () => JSON.parse(CANARY)],
  ['a schema', () => z.strictObject({ a: z.enum(['x']) }).parse({ a: CANARY, [CANARY]: CANARY })],
  ['an address', () => new URL(CANARY)],
  ['a number that is none', () => BigInt(CANARY)],
  ['a header', () => new Headers({ 'X-Name': `${CANARY}\u4e2d` })],
  [
    'a mail server',
    () => {
      throw Object.assign(new Error(`550 5.1.1 <${CANARY}@example.org> unknown, not ${CANARY}@example.org either`), {
        code: 'EENVELOPE',
        response: CANARY,
        rejected: [CANARY],
      });
    },
  ],
  [
    'a cause',
    () => {
      throw new Error('outside', { cause: new Error(`inside "${CANARY}"`, { cause: `"${CANARY}"` }) });
    },
  ],
])('an error over %s is logged without what it was about', async ([, fail]) => {
  const error = await thrown(fail);

  for (const members of [{ error }, { err: error }]) {
    const line = written(members);
    expect(line).not.toContain(CANARY);
    expect(line).not.toContain('Canary');
  }
  expect(written(error as object)).not.toContain('Canary');
  expect(crashReport(error)).not.toContain('Canary');
});

test('what ends the process is reported in one line, with where it happened', () => {
  const line = crashReport(new Error('no such thing'));

  expect(JSON.parse(line)).toMatchObject({ level: 'fatal', error: { message: 'no such thing' } });
  expect(line).toMatch(/log\.test\.ts.*\n$/);
});

test('an error of the database says what happened and where', async () => {
  const error = await thrown(() => query('insert into person values ($1), ($1)', [CANARY]));

  expect(JSON.parse(written({ error, requestId: 'r1' }))).toMatchObject({
    level: 'error',
    requestId: 'r1',
    msg: 'a message',
    error: {
      type: 'error',
      message: 'duplicate key value violates unique constraint "…"',
      code: '23505',
      constraint: 'person_email_key',
      table: 'person',
      stack: expect.stringMatching(/^\s+at /),
    },
  });
});

test('a member that no list names is left out, whatever it is called', () => {
  const line = written({
    password: CANARY,
    body: { email: CANARY },
    customer: CANARY,
    list: [CANARY],
    when: new Date(0),
    count: 3,
    isOver: true,
    message: `it was "${CANARY}"`,
    reason: `${CANARY}@example.org`,
    error: `it was '${CANARY}'`,
  });

  expect(line).not.toContain(CANARY);
  expect(JSON.parse(line)).toMatchObject({
    password: '…',
    body: '…',
    count: 3,
    isOver: true,
    message: 'it was "…"',
    reason: '…@…',
    error: "it was '…'",
  });
});
