import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { problem } from '../../problem.ts';

/**
 * A backup file: one line that names the format, then a Zstandard stream of lines and blocks of bytes, the last of which
 * is the SHA-256 of everything before it (docs/decisions/0038).
 */
export const FORMAT = 1;
export const firstLine = (format: number) => `clientele-backup ${format}\n`;

/** Bytes of the first line that are looked at. */
const FIRST_LINE_BYTES = 32;

/** What a file begins with. */
export const Header = z.object({
  /** Version of Clientele. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  postgres: z.number(),
  migrations: z.array(z.string()),
});
export type Header = z.infer<typeof Header>;

/** What stands before the rows of a table. */
export const TableStart = z.object({ name: z.string(), columns: z.array(z.string()) });

export type Part =
  | { kind: 'header'; header: Header }
  | { kind: 'table'; table: z.infer<typeof TableStart> }
  /** Rows in COPY's text format; the next part may go on in the middle of one. */
  | { kind: 'data'; bytes: Buffer }
  | { kind: 'end'; rows: number }
  | { kind: 'sequences'; sequences: Readonly<Record<string, { value: string; isCalled: boolean }>> };

const Sequences = z.record(z.string(), z.object({ value: z.string(), isCalled: z.boolean() }));
const End = z.object({ rows: z.number() });

/** The file is not a backup, is damaged or belongs to another version; `reason` says which. */
export const backupRefused = problem<{ reason: string }>('backup.refused', 422);

const damaged = (file: string, how: string) =>
  backupRefused({ reason: `${file} is damaged: ${how}. Nothing was restored from it.` });

/** Bytes of a stream of parts, checksum included. */
export async function* encodeParts(parts: AsyncIterable<Part>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const hashed = (bytes: Buffer) => {
    hash.update(bytes);
    return bytes;
  };
  for await (const part of parts) {
    if (part.kind === 'data') {
      yield hashed(Buffer.from(`data ${part.bytes.length}\n`));
      yield hashed(part.bytes);
    } else yield hashed(Buffer.from(`${part.kind} ${JSON.stringify(contentOf(part))}\n`));
  }
  yield Buffer.from(`checksum ${hash.digest('hex')}\n`);
}

function contentOf(part: Exclude<Part, { kind: 'data' }>): unknown {
  if (part.kind === 'header') return part.header;
  if (part.kind === 'table') return part.table;
  if (part.kind === 'end') return { rows: part.rows };
  return part.sequences;
}

/**
 * Parts of a file, one after the other. The checksum is compared at the end, so act on nothing before that.
 *
 * @throws {@link backupRefused}
 */
export async function* readParts(file: string): AsyncGenerator<Part> {
  const start = await checkFirstLine(file);
  const hash = createHash('sha256');
  const input = createReader(decompressed(file, start));
  for (;;) {
    const line = await input.line();
    if (line === undefined) throw damaged(file, 'its end is missing');
    const [kind, content] = split(line);
    if (kind === 'checksum') {
      if (content !== hash.digest('hex')) throw damaged(file, 'its checksum is another one');
      return;
    }
    hash.update(`${line}\n`);
    if (kind === 'data') {
      const bytes = await input.bytes(Number(content));
      if (!bytes) throw damaged(file, 'its end is missing');
      hash.update(bytes);
      yield { kind, bytes };
    } else yield parsePart(file, kind, content);
  }
}

function split(line: string): [string, string] {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
}

function parsePart(file: string, kind: string, content: string): Part {
  try {
    const value: unknown = JSON.parse(content);
    if (kind === 'header') return { kind, header: Header.parse(value) };
    if (kind === 'table') return { kind, table: TableStart.parse(value) };
    if (kind === 'end') return { kind, rows: End.parse(value).rows };
    if (kind === 'sequences') return { kind, sequences: Sequences.parse(value) };
  } catch {
    // Said below.
  }
  throw damaged(file, 'a line of it cannot be read');
}

/** Bytes of the first line. */
async function checkFirstLine(file: string): Promise<number> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw backupRefused({ reason: `${file} cannot be read: ${error.message}` });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0);
    const format = /^clientele-backup (\d+)\n/.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
    if (format === undefined) throw backupRefused({ reason: `${file} is no backup that clientele has made.` });
    if (Number(format) > FORMAT)
      throw backupRefused({
        reason: `${file} was made by a newer version of Clientele. Restore it with that version.`,
      });
    return firstLine(Number(format)).length;
  } finally {
    await handle.close();
  }
}

async function* decompressed(file: string, start: number): AsyncGenerator<Buffer> {
  const stream: Readable = pipeline(createReadStream(file, { start }), createZstdDecompress(), () => undefined);
  try {
    for await (const chunk of stream) yield Buffer.from(chunk);
  } catch (error) {
    throw damaged(file, error instanceof Error ? error.message : 'it cannot be decompressed');
  }
}

/** Longest line of a backup, in bytes; more than that is no line of ours. */
const LONGEST_LINE = 1_000_000;
/** Longest block, in bytes. */
const LONGEST_BLOCK = 64 * 1024 * 1024;

function createReader(chunks: AsyncGenerator<Buffer>) {
  let rest: Buffer = Buffer.alloc(0);

  /** False at the end. */
  async function more(): Promise<boolean> {
    const { value, done } = await chunks.next();
    if (done === true) return false;
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    return true;
  }

  return {
    async line(): Promise<string | undefined> {
      let end = rest.indexOf(10);
      while (end < 0) {
        if (rest.length > LONGEST_LINE || !(await more())) return undefined;
        end = rest.indexOf(10);
      }
      const text = rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
      return text;
    },
    async bytes(count: number): Promise<Buffer | undefined> {
      if (!(count >= 0 && count <= LONGEST_BLOCK)) return undefined;
      while (rest.length < count) if (!(await more())) return undefined;
      const bytes = rest.subarray(0, count);
      rest = rest.subarray(count);
      return bytes;
    },
  };
}
