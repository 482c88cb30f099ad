import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashSync as bcrypt } from '@node-rs/bcrypt';
import { useApp } from '../../../test/app.ts';
import { csv, type ImportFlags, useImports } from '../../../test/imports.ts';
import { signIn } from '../sign-in/index.ts';
import { importerOf, runImport } from './index.ts';
import { readPassword } from './password-cell.ts';

const world = useApp();
const { folder, load } = useImports(world);
function written(content: string): string {
  const file = join(folder, 'passwords.csv');
  writeFileSync(file, content);
  return file;
}

const PASSWORD = 'Correct-Horse-7-Battery';
const hash = bcrypt(PASSWORD, 4);
const md5 = '5f4dcc3b5aa765d61d8327deb882cf99';

let count = 0;

/** Imports one row with this cell, in `password` unless told. */
async function imported(cell: string, flags: ImportFlags = {}, column = 'password') {
  count += 1;
  const email = `cell.${count}@example.org`;
  const report = await load(
    'customer',
    csv([
      ['customer_reference', 'email', 'registered', column],
      [`PC--${count}`, email, '2020-06-24', cell],
    ]),
    flags,
  );
  const [row] = await world.sql('select state, password_hash from customer where email = $1', [email]);
  const opens = (password: string) =>
    signIn(world.app, { email, password, door: 'customer', clears: true }, async () => true).catch(() => false);
  return { kinds: report.passwordKinds, rejections: report.rejections, row, opens };
}

const empties = [
  '',
  ' ',
  '\t',
  '\u00a0',
  '\u200b',
  '\ufeff',
  '  \u2060 ',
  'NULL',
  'null',
  'Null',
  ' NULL ',
  '\\N',
  '(null)',
  '<null>',
  '[NULL]',
  '{null}',
  '"NULL"',
  "'null'",
  '""',
  "''",

  'None',
  'none',
  'nil',
  'NaN',
  'N/A',
  '#N/A',
  'undefined',
  '0',
  'x',
  'X',
  '-',
  '--',
  '—',
  '*',
  '**',
  '*LK*',
  '!',
  '!!',
];

test.for(empties)('a cell %j means that there is no password', (cell) => {
  for (const isPlain of [false, true]) {
    expect(readPassword(cell, '', isPlain)).toEqual({ kind: 'none', hash: null });
    expect(readPassword('', cell, isPlain)).toEqual({ kind: 'none', hash: null });
  }
});

test.for(['password', 'password_plain'])(
  'with such cells in %s accounts are invited, and nothing opens them',
  async (column) => {
    const rows = empties.map((cell, at) => [`PE-${column}--${at}`, `${column}.${at}@example.org`, '2020-06-24', cell]);
    const report = await load('customer', csv([['customer_reference', 'email', 'registered', column], ...rows]), {
      plainPasswords: true,
    });

    expect(report).toMatchObject({ created: empties.length, passwordKinds: { none: empties.length }, rejections: [] });
    const states = await world.sql(
      `select distinct state, password_hash from customer where reference like 'PE-${column}--%'`,
    );
    expect(states).toEqual([{ state: 'invited', password_hash: null }]);
  },
);

test.for(['!abc', `!${hash}`, '!$6$salt$hash'])('a password that the old system had locked, %j, is none', (cell) => {
  expect(readPassword(cell, '', false)).toEqual({ kind: 'none', hash: null });
});

test.for([hash, ` ${hash}`, `${hash} `, `\u00a0${hash}\u200b\t`, `\ufeff${hash}`])(
  '%j is a hash, without the blanks around it',
  (cell) => {
    expect(readPassword(cell, '', false)).toEqual({ kind: 'bcrypt', hash });
  },
);

test('a hash with blanks around it opens the account', async () => {
  const { row, opens } = await imported(` ${hash} `);

  expect(row?.['password_hash']).toBe(hash);
  expect([await opens(PASSWORD), await opens(` ${hash} `)]).toEqual([true, false]);
});

test.for([
  ['md5', md5],
  ['md5:salt', `${md5}:x1`],
  ['sha1', 'a'.repeat(40)],
  ['sha256:salt', `${'a'.repeat(64)}:salt:1`],
  ['sha512', 'A'.repeat(128)],
  ['phpass', '$P$B12345678abcdefghijklmnopqrstuv'],
  ['argon2id', '$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$u6W2rdyEQd8PZ2uYpZPmEPxXnvzEkoU1w5gQ8PZ2uYo'],
  ['pbkdf2', 'pbkdf2_sha256$1000$salt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY='],
] as const)('%s is counted by its name', ([kind, cell]) => {
  expect(readPassword(cell, '', false)).toEqual({ kind, hash: cell });
});

const refusals: readonly (readonly [string, string])[] = [
  ['Secret-Word-1', 'is no known hash'],
  ['change123', 'is no known hash'],
  ['{noop}Secret-Word-1', 'is a hash of a kind we cannot verify (Spring noop)'],
  ['{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr', 'is a hash of a kind we cannot verify (LDAP digest)'],
  ['{Secret}Word', 'is a hash of a kind we cannot verify (scheme in braces)'],
  ['$Secret$Word', 'is a hash of a kind we cannot verify (modular crypt)'],
  ['$1$salt$hash', 'is a hash of a kind we cannot verify (MD5 crypt)'],
  ['$y$j9T$salt$hash', 'is a hash of a kind we cannot verify (yescrypt)'],
  ['*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19', 'is a hash of a kind we cannot verify (MySQL)'],
  ['0x0100AB12CD34EF56AB12', 'is a hash of a kind we cannot verify (SQL Server)'],
  [md5.slice(1), 'is a hash of a kind we cannot verify (digest of an unusual length)'],
  ['X03MO1qnZdYdgyfeuILPmQ==', 'is a hash of a kind we cannot verify (digest in Base64)'],
  [hash.slice(0, -1), 'is a hash that is cut off or damaged (bcrypt)'],
  [`"${hash}"`, 'is no known hash'],
  [`'${hash}'`, 'is no known hash'],
  [`${hash}x`, 'is a hash that is cut off or damaged (bcrypt)'],
  ['Secret'.repeat(300), 'is longer than any known hash'],
];

test.for(refusals)('a cell %j is refused with its kind and without its text', ([cell, problem]) => {
  const { kind, hash: kept, problem: found } = readPassword(cell, '', false);

  expect({ kind, kept, column: found?.column }).toEqual({ kind: 'refused', kept: null, column: 'password' });
  expect(found?.problem.slice(0, problem.length)).toBe(problem);
  expect(found?.problem).not.toMatch(/Secret|Word|\$2|0c0bl|2470/);
});

test('a cell that is refused makes no account, and counts as refused', async () => {
  const { kinds, rejections, row, opens } = await imported('Secret-Word-1');

  expect({ kinds, row }).toEqual({ kinds: { refused: 1 }, row: undefined });
  expect(rejections).toEqual([expect.stringMatching(/^2 password is no known hash/)]);
  expect(await opens('Secret-Word-1')).toBe(false);
});

test.for([
  ['password', { plainPasswords: true }],
  ['password_plain', {}],
] as const)('a password in plain text in %s with %j opens the account', async ([column, flags]) => {
  const { kinds, row, opens } = await imported('!Secret-Word-1', flags, column);

  expect(kinds).toEqual({ plain: 1 });
  expect(row?.['password_hash']).toMatch(/^\$argon2id\$/);
  expect(await opens('!Secret-Word-1')).toBe(true);
});

test.for([
  ...refusals.filter(([cell]) => /^[${*"'0]|^[0-9a-f]{31}$|==$/.test(cell)).map(([cell]) => cell),
  hash.slice(0, -1),
  hash,
  md5,
])('what looks like a hash, %j, is no password in plain text', (cell) => {
  expect(readPassword('', cell, true)).toMatchObject({ kind: 'refused', problem: { column: 'password_plain' } });
  expect(readPassword(cell, '', true).plain).toBeUndefined();
});

test('a row has one password', async () => {
  const columns = ['customer_reference', 'email', 'password', 'password_plain'];
  const both = await load('customer', csv([columns, ['PB--1', 'pb1@example.org', hash, 'Secret-Word-1']]));
  const either = await load(
    'customer',
    csv([columns, ['PB--2', 'pb2@example.org', hash, 'NULL'], ['PB--3', 'pb3@example.org', 'NULL', 'Secret-Word-1']]),
  );

  expect(both.rejections).toEqual(['2 password_plain stands beside a password that the column password has']);
  expect(either).toMatchObject({ passwordKinds: { bcrypt: 1, plain: 1 }, rejections: [] });
});

test('a dry run counts the same passwords and hashes none', async () => {
  const file = csv([
    ['customer_reference', 'email', 'password_plain'],
    ['PD--1', 'pd1@example.org', 'Secret-Word-1'],
    ['PD--2', 'pd2@example.org', ''],
  ]);
  const hasher = { ...world.app.hasher, hash: () => Promise.reject(new Error('a dry run hashes')) };

  const report = await runImport({ ...world.app, hasher }, importerOf('customer'), {
    file: written(file),
    dryRun: true,
  });

  expect(report).toMatchObject({ created: 2, passwordKinds: { plain: 1, none: 1 } });
});

test('a run that goes on counts the passwords of its beginning', async () => {
  const file = csv([
    ['customer_reference', 'email', 'password'],
    ['PG--1', 'pg1@example.org', hash],
    ['PG--2', 'nobody', md5],
    ['PG--3', 'pg3@example.org', 'NULL'],
  ]);
  await expect(load('customer', file, { stopAtFirst: true })).rejects.toThrow('imports.refused');

  expect((await load('customer', file)).passwordKinds).toEqual({ bcrypt: 1, md5: 1, none: 1 });
});

test('a file without passwords says nothing of them', async () => {
  expect((await load('customer', 'customer_reference,email\nPN--1,pn1@example.org')).passwordKinds).toEqual({});
});
