import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, mkdtemp, open, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { startRefused } from '../problem.ts';

/** Whom the database's processes and folders belong to where root starts them. */
export interface Identity {
  uid: number;
  gid: number;
}

/**
 * Creates a folder that only its owner may enter, or makes sure that an existing one is such a folder.
 *
 * Everything is asked of and changed on the opened folder, never its name: behind a name another user could put a link
 * between the check and the change.
 *
 * @throws {@link startRefused} if the name is a link or a file, or the folder another user's or open to everybody.
 */
export async function openPrivateFolder(path: string, identity: Identity | undefined): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw refused(path, error.message);
  });
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      throw refused(
        path,
        error.code === 'ELOOP' || error.code === 'ENOTDIR' ? 'it is a link or a file' : error.message,
      );
    },
  );
  try {
    await secure(folder, path, identity);
  } finally {
    await folder.close();
  }
}

async function secure(folder: FileHandle, path: string, identity: Identity | undefined) {
  const { uid, mode } = await folder.stat();
  const owner = identity?.uid ?? process.getuid?.() ?? uid;
  // Root's own folders are the ones it has just made, or left when it was killed before the next line.
  if (uid !== owner && !(identity && uid === 0)) throw refused(path, 'it belongs to another user');
  if (mode & 0o002) throw refused(path, 'everybody may write to it');
  if (identity && uid !== owner) await folder.chown(identity.uid, identity.gid);
  if (mode & 0o077) await folder.chmod(0o700);
}

const refused = (path: string, reason: string) =>
  startRefused({ reason: `${path} cannot be used: ${reason}. Remove it or choose another DATA_DIR.` });

/** Bytes up to which a folder leaves room for the name of a socket: systems allow about 100 in all. */
const LONGEST_PATH = 80;

/**
 * The folder of the database's socket: in the data folder, or, where its path is too long, one with a random name in the
 * temporary folder, which the data folder remembers.
 *
 * @throws {@link startRefused}
 */
export async function socketFolder(home: string, identity: Identity | undefined): Promise<string> {
  const near = join(home, 'run');
  const folder = Buffer.byteLength(near) < LONGEST_PATH ? near : await rememberedFolder(join(home, 'socket-folder'));
  await openPrivateFolder(folder, identity);
  return folder;
}

async function rememberedFolder(note: string): Promise<string> {
  const known = await readNote(note);
  if (known !== undefined) return known;
  const made = await mkdtemp(join(tmpdir(), 'clientele-'));
  const aside = `${note}.${randomBytes(6).toString('hex')}`;
  await writeFile(aside, made, { flag: 'wx', mode: 0o644 });
  // Of two that start at once, one makes the note and both use its folder.
  await link(aside, note).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    await rmdir(made);
  });
  await rm(aside);
  return (await readNote(note)) ?? made;
}

/** The note may be another user's, so it leads only to a folder of ours in a temporary folder. */
async function readNote(note: string): Promise<string | undefined> {
  const path = await readFile(note, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw refused(note, error.message);
  });
  if (path === undefined) return undefined;
  const isOurs = /^clientele-\w{6}$/.test(basename(path)) && ['/tmp', '/var/tmp', tmpdir()].includes(dirname(path));
  if (!isOurs) throw refused(note, 'it names no folder of Clientele');
  return path;
}
