import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark } from './benchmarks.ts';
import { emptyFolder, root } from './product.ts';

/** What an installation for production needs besides its packages: what `files` of package.json names, and what it is built by. */
const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts',
  'src',
  'bin',
  'assets',
];

export const install: Benchmark = {
  name: 'install',
  what: {
    'install-mb': 'size of `npm ci --omit=dev`, MB',
    'install-packages': 'packages of `npm ci --omit=dev`',
  },
  bar: { 'install-mb': 340, 'install-packages': 350 },
  atLeast: false,
  async measure() {
    const { folder, remove } = emptyFolder();
    try {
      for (const source of SOURCES) cpSync(join(root, source), join(folder, source), { recursive: true });
      const { status, stderr } = spawnSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], {
        cwd: folder,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`npm ci --omit=dev ended with ${String(status)}:\n${stderr}`);
      return {
        'install-mb': diskBytes(join(folder, 'node_modules')) / 1e6,
        'install-packages': installedPackages(join(folder, 'node_modules')),
      };
    } finally {
      remove();
    }
  },
};

/** Bytes that a folder takes on the disk; a file with several names counts once. */
function diskBytes(folder: string): number {
  const seen = new Set<number>();
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true })) {
    const { ino, blocks, nlink } = lstatSync(join(folder, entry.toString()));
    if (nlink > 1 && seen.has(ino)) continue;
    seen.add(ino);
    bytes += blocks * 512;
  }
  return bytes;
}

/** npm lists what it installed in a lock file of its own. */
const installedPackages = (folder: string): number =>
  (readFileSync(join(folder, '.package-lock.json'), 'utf8').match(/^ {4}"node_modules\//gm) ?? []).length;
