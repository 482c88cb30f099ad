import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPrivateFolder, socketFolder } from './private-folder.ts';

const isRoot = process.getuid?.() === 0;
const OTHER = { uid: 65_534, gid: 65_534 };

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-private-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const permissionsOf = (path: string) => lstatSync(path).mode & 0o777;

/** What a refusal says; undefined when the folder is taken. */
const refusal = (opening: Promise<unknown>): Promise<string | undefined> =>
  opening.then(
    () => undefined,
    (error) => error.details.reason,
  );

test('a folder that is missing is made for its owner alone', async () => {
  const path = join(temporaryFolder(), 'run');

  await openPrivateFolder(path, undefined);

  expect(permissionsOf(path)).toBe(0o700);
});

test('one that others may only look into is closed, one that everybody may write to is refused', async () => {
  const folder = temporaryFolder();
  for (const name of ['look', 'write']) mkdirSync(join(folder, name));
  chmodSync(join(folder, 'look'), 0o755);
  chmodSync(join(folder, 'write'), 0o777);

  await openPrivateFolder(join(folder, 'look'), undefined);

  expect(permissionsOf(join(folder, 'look'))).toBe(0o700);
  expect(await refusal(openPrivateFolder(join(folder, 'write'), undefined))).toContain('everybody may write');
});

describe.runIf(isRoot)('as root', () => {
  test('the folder is given to the database’s user', async () => {
    const path = join(temporaryFolder(), 'run');

    await openPrivateFolder(path, OTHER);

    const { uid, gid } = lstatSync(path);
    expect({ uid, gid, mode: permissionsOf(path) }).toEqual({ ...OTHER, mode: 0o700 });
  });

  test('a link in its place is refused, and what it leads to keeps its owner and mode', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'victim'), { mode: 0o755 });
    symlinkSync(join(folder, 'victim'), join(folder, 'run'));

    expect(await refusal(openPrivateFolder(join(folder, 'run'), OTHER))).toContain('it is a link');
    expect([lstatSync(join(folder, 'victim')).uid, permissionsOf(join(folder, 'victim'))]).toEqual([0, 0o755]);
  });

  test('a folder that another user made is refused, whatever its mode', async () => {
    const path = join(temporaryFolder(), 'run');
    for (const mode of [0o700, 0o755, 0o777]) {
      mkdirSync(path);
      chmodSync(path, mode);
      chownSync(path, 1000, 1000);

      expect(await refusal(openPrivateFolder(path, OTHER)), mode.toString(8)).toContain('belongs to another user');
      expect(lstatSync(path).uid).toBe(1000);
      rmSync(path, { recursive: true });
    }
  });
});

describe('below a long path', () => {
  const deepFolder = () => {
    const deep = join(temporaryFolder(), 'x'.repeat(100));
    mkdirSync(deep);
    return deep;
  };

  test('the socket gets a folder whose name nobody can guess, the same at every start', async () => {
    const deep = deepFolder();

    const folders = await Promise.all([1, 2, 3].map(() => socketFolder(deep, undefined)));
    onTestFinished(() => rmSync(folders[0] ?? '', { recursive: true, force: true }));
    rmSync(folders[0] ?? '', { recursive: true });
    const again = await socketFolder(deep, undefined);

    expect(new Set([...folders, again]).size).toBe(1);
    expect(again).toMatch(/\/clientele-\w{6}$/);
    expect([dirname(again), permissionsOf(again)]).toEqual([tmpdir(), 0o700]);
  });

  test.for(['/etc', '/etc/clientele-abc123', '/tmp/../etc/clientele-abc123', '/tmp/other', ''])(
    'a note that leads to %j is refused',
    async (path) => {
      const deep = deepFolder();
      writeFileSync(join(deep, 'socket-folder'), path);

      expect(await refusal(socketFolder(deep, undefined))).toContain('names no folder of Clientele');
    },
  );
});
