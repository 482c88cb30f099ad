import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const filesBelow = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => pattern.test(file));

/** Anchors that GitHub gives the headings of a page. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );

/** Returns why a link is broken, or undefined. `from` is the folder that a relative link starts in. */
function broken(from: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const file = join(root, normalize(join(from, path)));
  if (!existsSync(file)) return `${link}: no such file`;
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(readFileSync(file, 'utf8')).includes(anchor) ? undefined : `${link}: no such heading`;
}

test('comments cite the contract by links to pages and headings that exist', () => {
  const problems = filesBelow('src', /\.(ts|tsx)$/).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const links = [...text.matchAll(/docs\/glue\/[\w-]+\.md(?:#[\w-]+)?/g)].map(([link]) => broken('.', link));
    const sections = [...text.matchAll(/§ ?\d.*/g)].map(([section]) => `${section}: link to docs/glue/ in its place`);
    return [...links, ...sections].filter((problem) => problem !== undefined).map((problem) => `${file}: ${problem}`);
  });

  expect(problems).toEqual([]);
});

test('links between documents lead to files and headings that exist', () => {
  const documents = [...filesBelow('docs', /\.md$/), ...readdirSync(root).filter((file) => file.endsWith('.md'))];
  const problems = documents.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)]
      .map(([, link = '']) =>
        broken(link.startsWith('#') ? '.' : dirname(file), link.startsWith('#') ? file + link : link),
      )
      .filter((problem) => problem !== undefined)
      .map((problem) => `${file}: ${problem}`),
  );

  expect(problems).toEqual([]);
});
