import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { checkPassword } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'clientele-denied-'));
const file = join(folder, 'denied.txt');
const many = Array.from({ length: 5000 }, (_, at) => `Winter-In-Bremen-${at}`);
writeFileSync(file, many.join('\r\n'));
const world = useApp({ PASSWORD_DENY_LIST_FILE: file });

test('a deny list is read at start, and not needed after it', async () => {
  rmSync(folder, { recursive: true });

  for (const password of ['Winter-In-Bremen-0', 'winter-in-BREMEN-4999'])
    await expect(checkPassword(world.app, password)).rejects.toMatchObject({
      details: { violations: expect.arrayContaining(['common']) },
    });
  await expect(checkPassword(world.app, 'Winter-In-Bremen-5001')).resolves.toBeUndefined();
});
