import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useConsole } from '../../../test/console.ts';
import { customerByReference } from '../../domain/customers/index.ts';

// Files as spreadsheets, databases and old shops write them.
const world = useApp();
const run = useConsole(world);
const folder = mkdtempSync(join(tmpdir(), 'clientele-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const written = (content: string | Buffer) => {
  count += 1;
  const path = join(folder, `${count}.csv`);
  writeFileSync(path, content);
  return path;
};
const importFile = (content: string | Buffer, ...options: string[]) =>
  run('data:import', ['customer', '-f', written(content), ...options]);
/** References of the test, and the names the customers have now. */
const fresh = () => {
  count += 1;
  const series = count;
  const reference = (n: number) => `FF${series}--${n}`;
  const row = (n: number, name: string) => `${reference(n)},${reference(n)}@example.org,${name}`;
  const name = async (n: number) => (await customerByReference(world.app.db, reference(n)))?.firstName;
  return { reference, row, name };
};
const head = 'customer_reference,email,first_name';
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('encodings', () => {
  test.for([
    ['windows-1252', Buffer.from([0x5a, 0x6f, 0xeb, 0x20, 0x8a, 0x92])],
    ['Windows-1252', Buffer.from([0x5a, 0x6f, 0xeb, 0x20, 0x8a, 0x92])],
    ['latin-1', Buffer.from([0x5a, 0x6f, 0xeb, 0x20, 0x8a, 0x92])],
    ['iso-8859-1', Buffer.from([0x5a, 0x6f, 0xeb, 0x20, 0x8a, 0x92])],
    ['utf-8', Buffer.from('Zoë Š’')],
  ] as const)('--encoding=%s reads its letters', async ([encoding, bytes]) => {
    const { row, name } = fresh();
    const content = Buffer.concat([Buffer.from(`${head}\n${row(1, '')}`), bytes, Buffer.from('\n')]);

    const { status } = await importFile(content, `--encoding=${encoding}`);

    expect(status).toBe(0);
    expect(await name(1)).toBe('Zoë Š’');
  });

  test.for([
    ['without a byte order mark', (text: string) => Buffer.from(text, 'utf16le'), ['--encoding=utf-16']],
    ['big-endian, without a mark', swapped, ['--encoding=utf-16']],
    [
      'with a mark, whatever was said',
      (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
      ['--encoding=latin-1'],
    ],
  ] as const)('UTF-16 %s', async ([, encode, options]) => {
    const { row, name } = fresh();

    const { status } = await importFile(encode(`${head}\n${row(1, 'Þórunn 𝔍')}\n`), ...options);

    expect(status).toBe(0);
    expect(await name(1)).toBe('Þórunn 𝔍');
  });

  test('UTF-16 without a mark is refused with the option that reads it', async () => {
    const { text } = await importFile(Buffer.from(`${head}\nDE--1,a@example.org,Ida\n`, 'utf16le'));

    expect(text).toContain('--encoding=utf-16 reads it');
  });

  test('bytes that are no UTF-8 are named with line, byte and the option to try', async () => {
    const { row, name } = fresh();
    const { status, text } = await importFile(Buffer.from(`${head}\n${row(1, 'Ida')}\n${row(2, 'Zoë')}\n`, 'latin1'));

    expect(status).toBe(1);
    expect(text).toContain('line 3: first_name has the byte EB, which is no UTF-8 there: try --encoding=windows-1252');
    expect(text).toMatch(/Import the file again with --encoding=windows-1252/);
    expect(await name(1)).toBe('Ida');
  });

  test('the rejects file keeps the bytes, so that it is imported with the right encoding', async () => {
    const { row, name } = fresh();
    const file = Buffer.from(`${head}\r\n${row(1, 'Ida')}\r\n${row(2, 'Zoë')}\r\n`, 'latin1');
    const rejects = join(folder, 'latin.csv');
    const { text } = await importFile(file, `--rejects=${rejects}`);

    expect(text).toContain(`Import ${rejects} again with --encoding=windows-1252`);
    expect(readFileSync(rejects)).toEqual(Buffer.from(`${head}\r\n${row(2, 'Zoë')}\r\n`, 'latin1'));
    expect((await run('data:import', ['customer', '-f', rejects, '--encoding=windows-1252'])).status).toBe(0);
    expect(await name(2)).toBe('Zoë');
  });

  test.for([
    ['UTF-16 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['a line sep=;', (text: string) => Buffer.from(`sep=;\r\n${text.replaceAll(',', ';')}`)],
    ['tabs', (text: string) => Buffer.from(text.replaceAll(',', '\t'))],
  ] as const)('rejected rows of a file with %s stay as they were', async ([what, encode]) => {
    const { row, reference, name } = fresh();
    const rejects = join(folder, `${what}.csv`);
    await importFile(
      encode(`${head}\r\n${row(1, 'Ida')}\r\n${reference(2)},nobody,"Þórunn"\r\n`),
      `--rejects=${rejects}`,
    );

    expect(readFileSync(rejects)).toEqual(encode(`${head}\r\n${reference(2)},nobody,"Þórunn"\r\n`));
    const mended = encode(`${head}\r\n${reference(2)},${reference(2)}@example.org,"Þórunn"\r\n`);
    expect((await importFile(mended)).status).toBe(0);
    expect(await name(2)).toBe('Þórunn');
  });

  test('an encoding that is not known is a wrong call', async () => {
    const { status, text } = await importFile(head, '--encoding=ebcdic');

    expect(status).toBe(2);
    expect(text).toContain('There is: utf-8, windows-1252, latin-1, utf-16');
  });
});

describe('delimiters and header', () => {
  test.for([',', ';', '\t', '|'])(
    '%j is found without being told, whatever else stands in cells',
    async (delimiter) => {
      const { reference, name } = fresh();
      const others = [';', ',', '|', '\t'].filter((other) => other !== delimiter).join('');
      const line = (...cells: string[]) => `${cells.join(delimiter)}\n`;

      const { status } = await importFile(
        line(...head.split(',')) +
          line(reference(1), `${reference(1)}@example.org`, `"Ida${delimiter}${others}x"`) +
          line(reference(2), `${reference(2)}@example.org`, `${others}${others}x`),
      );

      expect(status).toBe(0);
      expect(await name(1)).toBe(`Ida${delimiter}${others}x`);
      expect(await name(2)).toBe(`${others}${others}x`.trim());
    },
  );

  test.for(['sep=;\n', 'sep=;\r\n', '\uFEFFsep=;\r\n', '"sep=;"\n', 'SEP=;\n'])(
    'the line %j is passed over, and lines are counted from it',
    async (line) => {
      const { row, reference } = fresh();
      const { text } = await importFile(
        `${line}${[head, row(1, 'Ida'), `${reference(2)},nobody,x`].join('\n').replaceAll(',', ';')}\n`,
      );

      expect(text).toContain('line 4: email is no e-mail address');
      expect(text).toContain('1 created');
    },
  );

  test('names of columns may have capitals and spaces around them', async () => {
    const { row, name } = fresh();

    const { status, text } = await importFile(` Customer_Reference , EMAIL,First_Name \n${row(1, 'Ida')}\n`);

    expect(status).toBe(0);
    expect(text).not.toContain('pass');
    expect(await name(1)).toBe('Ida');
  });
});

describe('quoting', () => {
  test.for([
    [
      'a quote that is never closed',
      (n: string) => `${n},"x@example.org,Ida\nmore\nlines\n`,
      /line 4: an enclosure is opened and never closed\. 2 rows before that are in\./,
    ],
    [
      'one in the last of several lines of a record',
      (n: string) => `"${n}\r\n\r\n",x@example.org,"Ida\nmore\n`,
      /line 6: an enclosure is opened and never closed\. 2 rows/,
    ],
    [
      'backslashes before quotes',
      (n: string) => `${n},x@example.org,"Ida \\"Zoe\\" Noor"\n`,
      /line 4: there is text behind the enclosure.*--escape=\\ reads them\. 2 rows/,
    ],
    [
      'text behind a quote that closes',
      (n: string) => `${n},x@example.org,"Ida" Noor\n`,
      /line 4: there is text behind the enclosure.*doubled \(RFC 4180\)\. 2 rows/,
    ],
    [
      'a cell that began lines before',
      (n: string) => `${n},x@example.org,"Ida\n\nNoor"x\n`,
      /line 6: there is text behind the enclosure that closes a cell that began on line 4/,
    ],
    [
      'a quote within a cell',
      (n: string) => `${n},x@example.org,Ida "Zoe" Noor\n`,
      /line 4: an enclosure \("\) stands within a cell.*--enclosure= if/,
    ],
    [
      'a space before a quote',
      (n: string) => `${n},x@example.org, "Ida"\n`,
      /line 4: an enclosure \("\) stands within a cell/,
    ],
  ] as const)('%s is refused with its line and a hint, rows before stay', async ([, bad, reason]) => {
    const { row, reference, name } = fresh();

    const { status, text } = await importFile(`${head}\n${row(1, 'Ida')}\n${row(2, 'Noor')}\n${bad(reference(3))}`);

    expect(status).toBe(1);
    expect(text.split('\n').find((line) => line.includes(', line '))).toMatch(reason);
    expect(text).not.toMatch(/x@example|Zoe/);
    expect(await name(2)).toBe('Noor');
    expect(await name(3)).toBeUndefined();
  });

  test('a dry run says how many rows would be in', async () => {
    const { row } = fresh();
    const { text } = await importFile(`${head}\n${row(1, 'Ida')}\n"x`, '--dry-run');

    expect(text).toContain('line 3: an enclosure is opened and never closed. 1 row before that would be in.');
  });

  test('the options of the hints read what was refused', async () => {
    const { row, name } = fresh();
    const escaped = await importFile(`${head}\n${row(1, '"Ida \\"Zoe\\" Noor"')}\n`, '--escape=\\');
    const bare = await importFile(`${head}\n${row(2, 'Ida "Zoe" Noor')}\n`, '--enclosure=');

    expect([escaped.status, bare.status]).toEqual([0, 0]);
    expect([await name(1), await name(2)]).toEqual(['Ida "Zoe" Noor', 'Ida "Zoe" Noor']);
  });

  test('records and line ends that go over the edge of what is read at once', async () => {
    const { row, name, reference } = fresh();
    // A row of every length, so that pieces end at every place of one.
    const rows = Array.from({ length: 1500 }, (_, at) =>
      row(at + 1, at % 3 === 0 ? `"${'x'.repeat(at % 97)}""\r\n,"` : 'x'.repeat(at % 89)),
    );
    const { status, text } = await importFile(`${[head, ...rows, `${reference(9)},nobody,x`].join('\r\n')}\r\n`);

    expect(status).toBe(1);
    expect(text).toContain('1500 created');
    expect(text).toMatch(/line 2002: (customer_reference|email)/);
    expect(await name(1498)).toBe(`${'x'.repeat(1497 % 97)}"\r\n,`);
  });
});

describe('what stands twice in a file', () => {
  test('a reference and an address are each named with the line they stood on first', async () => {
    const { row, reference, name } = fresh();
    const { text } = await importFile(
      `${[head, row(1, 'Ida'), `${reference(1)},other@example.org,Zoe`, `${reference(2)},${reference(1).toUpperCase()}@EXAMPLE.org,Eva`].join('\n')}\n`,
    );

    expect(text).toContain('line 3: customer_reference is the same as on line 2');
    expect(text).toContain('line 4: email is the same as on line 2');
    expect(await name(1)).toBe('Ida');
  });

  test('also thousands of rows later, and where a run that broke off goes on', async () => {
    const { row, reference } = fresh();
    const rows = Array.from({ length: 6000 }, (_, at) => row(at + 1, 'Ida'));
    const again = `${reference(1)},other.${reference(1)}@example.org,Zoe`;
    const content = `${[head, row(6001, 'Ida'), `${reference(6002)},nobody,x`, ...rows, again].join('\n')}\n`;
    const file = written(content);
    await run('data:import', ['customer', '-f', file, '-t']);

    const { text } = await run('data:import', ['customer', '-f', file]);

    expect(text).toContain('going on after line 3');
    expect(text).toContain('line 6004: customer_reference is the same as on line 4');
  });

  test('a row that was rejected does not stand in the way of the one that is right', async () => {
    const { reference, name, row } = fresh();
    const { text } = await importFile(`${head}\n${reference(1)},nobody,Ida\n${row(1, 'Zoe')}\n`);

    expect(text).toContain('1 created');
    expect(await name(1)).toBe('Zoe');
  });
});

test.for(['--rejects', '--report'])('%s that cannot be written is named before the first row is in', async (option) => {
  const { row, name } = fresh();
  const { status, text } = await importFile(`${head}\n${row(1, 'Ida')}\n`, `${option}=${folder}/nowhere/x.csv`);

  expect(status).toBe(1);
  expect(text).toBe(`${option}=${folder}/nowhere/x.csv cannot be written: ENOENT. Nothing was imported.`);
  expect(await name(1)).toBeUndefined();
});

test('cells that spreadsheets take for formulas are marked in rejects without touching the rest', async () => {
  const { reference } = fresh();
  const rejects = join(folder, 'formulas.csv');
  await importFile(`${head}\n${reference(1)},nobody,"=1+""1"""\n${reference(2)},nobody,+1\n`, `--rejects=${rejects}`);
  const quoted = join(folder, 'quoted formulas.csv');
  await importFile(
    `${head}\n${reference(1)},nobody,'=1'\n${reference(2)},nobody,+1\n`,
    `--rejects=${quoted}`,
    "--enclosure='",
    "--escape='",
  );

  expect(readFileSync(rejects, 'utf8')).toBe(
    `${head}\n${reference(1)},nobody,"'=1+""1"""\n${reference(2)},nobody,'+1\n`,
  );
  expect(readFileSync(quoted, 'utf8')).toBe(`${head}\n${reference(1)},nobody,'''=1'\n${reference(2)},nobody,'''+1'\n`);
});
