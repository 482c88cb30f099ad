import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { commands } from './index.ts';
import { listCommands, overview } from './overview.ts';

const loaded = await Promise.all([...commands.values()].map((load) => load()));

test('docs/commands.md lists every command there is, with its summary, in the order of --help', async () => {
  const text = await readFile(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([\w:-]+)` \| (.+) \|$/gm)].map(([, name, summary = '']) => [
    name,
    summary.replaceAll(String.raw`\|`, '|'),
  ]);

  expect(rows).toEqual(await listCommands());
});

test('docs/commands.md and --help explain the same exit statuses', async () => {
  const text = await readFile(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, status]) => status);
  const [, printed = ''] = /^Exit status: (.*)\.$/m.exec(await overview()) ?? [];

  expect(documented).toEqual([...printed.matchAll(/\d+/g)].map(([status]) => status));
});

test.for(loaded)('the help of $name has an example, whose options there are', ({ name, help }) => {
  const examples = [...help.matchAll(/^ {2}(?:.*\| )?(?:npx )?clientele (\S+)(.*)$/gm)].filter(
    ([, called]) => called === name,
  );
  // Usage, summary, options.
  const options = help.split('\n\n')[2] ?? '';
  const used = examples.flatMap(([, , args = '']) => [...args.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => option));

  expect(examples.length).toBeGreaterThan(0);
  expect(used.filter((option) => !options.includes(String(option)))).toEqual([]);
});

test.for(loaded.filter(({ help }) => /^Usage: clientele \S+ [A-Z]/.test(help)))(
  'the example of $name has the argument that it needs',
  ({ name, help }) => {
    expect(help).toMatch(new RegExp(`^ {2}(.*\\| )?clientele ${name} [^-\\s]`, 'm'));
  },
);
