import { rmSync } from 'node:fs';
import { access, link, open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { unknownMigrations } from './dump.ts';
import { backupRefused, encodeParts, firstLine, FORMAT, type Header, type Part, readParts } from './format.ts';

/**
 * Writes a backup into a file that only its owner may read. It has its name once it is complete and on the disk; what an
 * interrupted backup wrote is removed.
 *
 * @returns bytes of the file
 * @throws {@link backupRefused} if there is such a file already, or it cannot be written.
 */
export async function writeBackupFile(file: string, parts: AsyncIterable<Part>): Promise<number> {
  await refuseExisting(file);
  const aside = `${file}.${process.pid}.partial`;
  const remove = () => rmSync(aside, { force: true });
  process.once('exit', remove);
  try {
    const handle = await open(aside, 'wx', 0o600).catch((error: Error) => {
      throw backupRefused({ reason: `${file} cannot be written: ${error.message}` });
    });
    await handle.write(firstLine(FORMAT));
    await pipeline(
      Readable.from(encodeParts(parts)),
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 3 } }),
      handle.createWriteStream({ flush: true }),
    );
    const { size } = await stat(aside);
    await giveName(aside, file);
    return size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
      throw backupRefused({ reason: `${file} cannot be written: ${error.message}` });
    throw error;
  } finally {
    process.off('exit', remove);
    await rm(aside, { force: true });
  }
}

const existing = (file: string) => backupRefused({ reason: `${file} exists already. A backup overwrites nothing.` });

async function refuseExisting(file: string) {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw existing(file);
}

/** A link refuses a name that was taken meanwhile; not every file system has links. */
async function giveName(aside: string, file: string) {
  try {
    await link(aside, file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw existing(file);
    await refuseExisting(file);
    await rename(aside, file);
  }
}

/**
 * Reads a backup from its beginning to its end and returns what is in it.
 *
 * @throws {@link backupRefused} if it is damaged, or from a newer version of Clientele.
 */
export async function verifyBackupFile(file: string): Promise<{ header: Header; rows: number }> {
  let header: Header | undefined;
  let rows = 0;
  for await (const part of readParts(file)) {
    if (part.kind === 'header') {
      ({ header } = part);
      const unknown = await unknownMigrations(header.migrations);
      if (unknown.length > 0)
        throw backupRefused({
          reason: `${file} was made by Clientele ${header.version}, which is newer than this one: it has ${unknown.join(', ')}. Restore it with that version.`,
        });
    } else if (part.kind === 'end') rows += part.rows;
  }
  if (!header)
    throw backupRefused({ reason: `${file} is damaged: its beginning is missing. Nothing was restored from it.` });
  return { header, rows };
}
