import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useImports } from '../../../test/imports.ts';
import { customerByReference } from '../customers/index.ts';

const world = useApp();
const { load: loadFile } = useImports(world);
const load = (content: string | Buffer) => loadFile('customer', content);

let count = 0;
const quoted = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');

/** One row with these cells, between two that are in order. */
async function between(cells: Record<string, string>) {
  count += 1;
  const row = (n: number) => ({
    customer_reference: `RO--${count}${n}`,
    email: `row.${count}.${n}@example.org`,
    ...Object.fromEntries(Object.keys(cells).map((column) => [column, ''])),
  });
  const good = (n: number) => ({ ...row(n), customer_reference: `RO--${count}${n}`, email: `row.${count}.${n}@e.org` });
  const rows = [good(1), { ...row(2), ...cells }, good(3)];
  const report = await load(
    [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map(quoted).join('\n'),
  );
  return { ...report, reference: `RO--${count}2` };
}

const cut = '$2y$10$BfK63PmaH/mYpHNfVjCIIuDwnMM.q2Zy';
const shop = 'BfK63PmaH/mYpHNfVjCIIuDwnMM.q2ZyjzUAjZTXPmAEiXPoqsXdy';

test.for([
  ['customer_reference', '', 'is empty'],
  ['customer_reference', 'DE--', 'does not end in digits'],
  ['customer_reference', `${'x'.repeat(255)}1`, 'is longer than 255 characters'],
  ['email', '', 'is empty'],
  ['email', 'nobody', 'is no e-mail address'],
  ['email', 'ida@noor@example.org', 'is no e-mail address'],
  ['email', `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c.'.repeat(80)}org`, 'is longer than 255 characters'],
  ['locale_name', 'german', 'is no locale such as de_DE'],
  ['salutation', 'Herr', 'is none of Mr, Mrs, Ms, Dr, n/a'],
  ['gender', 'male', 'is none of Male, Female'],
  ['first_name', 'x'.repeat(101), 'is longer than 100 characters'],
  ['company', 'x'.repeat(101), 'is longer than 100 characters'],
  ['phone', '1'.repeat(256), 'is longer than 255 characters'],
  ['date_of_birth', '2023-02-29', 'is no date such as 2024-01-31'],
  ['date_of_birth', '31.01.1980', 'is no date such as 2024-01-31'],
  ['date_of_birth', '1980-1-31', 'is no date such as 2024-01-31'],
  ['gender', 'x', 'is none of Male, Female'],
  ['first_name', '🦊'.repeat(101), 'is longer than 100 characters'],
  ['registered', '2020-13-01', 'is no date such as 2024-01-31 or 2024-01-31 12:30:00'],
  ['registered', 'yesterday', 'is no date such as 2024-01-31 or 2024-01-31 12:30:00'],
  ['created_at', '2024-01-31 24:00', 'is no date such as 2024-01-31 or 2024-01-31 12:30:00'],
  ['created_at', '2024-01-31T12:00:00+99:99', 'is no date such as 2024-01-31 or 2024-01-31 12:30:00'],
  ['uuid', '12345', 'is no UUID'],
  ['newsletter', 'perhaps', 'is neither true nor false'],
  ['store', 'XX', 'is no store'],
  ['store', 'x'.repeat(11), 'is longer than 10 characters'],
  ['password_plain', 'x'.repeat(129), 'is longer than 128 characters'],
  ['password', '$6$salt$abcdefghijklmnopqrstuvwxyz', 'is a hash of a kind we cannot verify (SHA-512 crypt)'],
  ['password', '{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr', 'is a hash of a kind we cannot verify (LDAP digest)'],
  ['password', cut, 'is a hash that is cut off or damaged (bcrypt)'],
  ['password', `$2y$31$${shop}`, 'is a hash that would take too long to verify (bcrypt)'],
  [
    'password',
    '$argon2id$v=19$m=4194304,t=3,p=1$c2FsdHNhbHQ$u6W2rdyEQd8PZ2uYpZPmEPxXnvzEkoU1w5gQ8PZ2uYo',
    'is a hash that would take too long to verify (argon2)',
  ],
  [
    'password',
    'pbkdf2_sha256$99999999999$salt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=',
    'is a hash that would take too long to verify (PBKDF2)',
  ],
])('a row with %s "%s" is rejected alone: %s', async ([column = '', value = '', problem]) => {
  const { created, rejected, rejections } = await between({ [column]: value });

  expect(rejections).toEqual([`3 ${column} ${problem}`]);
  expect({ created, rejected }).toEqual({ created: 2, rejected: 1 });
});

test('every problem of a row is told, and the row counts once', async () => {
  const { rejected, rejections } = await between({ email: 'nobody', gender: 'x', date_of_birth: 'x' });

  expect(rejections.map((text) => text.split(' ')[1])).toEqual(['email', 'gender', 'date_of_birth']);
  expect(rejected).toBe(1);
});

test.for([
  '\\N',
  '\\.',
  'a\tb',
  'line\nbreak',
  'back\\slash',
  '"quoted"',
  'Þórunn',
  '李',
  '𝔍ane',
  "Robert'); drop table",
])('a name is kept to the letter: %j', async (name) => {
  const { reference, rejections } = await between({ first_name: name });

  expect(rejections).toEqual([]);
  expect(await customerByReference(world.app.db, reference)).toMatchObject({ firstName: name });
});

test.for(['NULL', '\\N', 'n/a', 'N/A', 'unknown', 'Unbekannt', 'Not Specified', '-', '(null)', '0', '?'])(
  '"%s" instead of a date, a gender or a salutation is no value',
  async (text) => {
    const { reference, rejections } = await between({
      date_of_birth: text,
      gender: text,
      registered: text,
      created_at: text,
      locked: text,
      ...(text === 'n/a' ? {} : { salutation: text }),
    });

    expect(rejections).toEqual([]);
    expect(await customerByReference(world.app.db, reference)).toMatchObject({
      dateOfBirth: null,
      gender: null,
      salutation: null,
      verifiedAt: null,
      state: 'invited',
    });
  },
);

test.for([
  '0000-00-00',
  '0000-00-00 00:00:00',
  '0000-00-00T00:00:00Z',
  '-0001-11-30 00:00:00',
  '0001-01-01 00:00:00.000',
  '00.00.0000',
])('"%s" is no date, as databases write one that is not known', async (text) => {
  const { reference, rejections } = await between({ date_of_birth: text, registered: text, locked: text });

  expect(rejections).toEqual([]);
  expect(await customerByReference(world.app.db, reference)).toMatchObject({ dateOfBirth: null, verifiedAt: null });
});

test('n/a is the salutation of that name where it stands so', async () => {
  const { reference } = await between({ salutation: 'n/a' });

  expect(await customerByReference(world.app.db, reference)).toMatchObject({ salutation: 'n/a' });
});

test('lengths count characters, not units of an encoding', async () => {
  const { reference, rejections } = await between({ first_name: '🦊'.repeat(100) });

  expect(rejections).toEqual([]);
  expect(await customerByReference(world.app.db, reference)).toMatchObject({ firstName: '🦊'.repeat(100) });
});

test.for([
  ['true', true],
  ['1', true],
  ['Yes', true],
  ['false', false],
  ['FALSE', false],
  ['0', false],
  ['no', false],
  ['', false],
] as const)('newsletter "%s" is %s', async ([text, newsletter]) => {
  const { reference } = await between({ newsletter: text });

  expect(await customerByReference(world.app.db, reference)).toMatchObject({ newsletter });
});

test.for([
  ['2020-06-24', '2020-06-24T00:00:00.000Z'],
  ['2020-06-24 10:30:00', '2020-06-24T10:30:00.000Z'],
  ['2020-06-24T10:30:00Z', '2020-06-24T10:30:00.000Z'],
  ['2020-06-24T10:30:00+02:00', '2020-06-24T08:30:00.000Z'],
])('an account confirmed on %s was confirmed at %s', async ([registered = '', moment = '']) => {
  const { reference } = await between({ registered });

  expect((await customerByReference(world.app.db, reference))?.verifiedAt).toEqual(new Date(moment));
});

test.for([
  ['a hash and a confirmed address', { password: `$2y$10$${shop}`, registered: '2020-06-24' }, 'active'],
  ['a hash and an address never confirmed', { password: `$2y$10$${shop}` }, 'unverified'],
  ['no password', { password: '', registered: '2020-06-24' }, 'invited'],
] as const)('%s make an account %s', async ([, cells, state]) => {
  const { reference } = await between(cells);

  expect(await customerByReference(world.app.db, reference)).toMatchObject({ state });
});

test('the locale of the row is kept, and where there is none the store gives it', async () => {
  const { reference } = await between({ locale_name: 'en_US' });
  const bare = await between({ locale_name: '' });

  expect(await customerByReference(world.app.db, reference)).toMatchObject({ locale: 'en_US' });
  expect(await customerByReference(world.app.db, bare.reference)).toMatchObject({ locale: 'de_DE' });
});

test('an identifier of the file is kept', async () => {
  const uuid = '0B7A3F5E-5C0D-5B61-9F0A-1D2C3B4A5968';
  const { reference } = await between({ uuid });

  expect(await customerByReference(world.app.db, reference)).toMatchObject({ id: uuid.toLowerCase() });
});
