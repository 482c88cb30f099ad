import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { useApp } from '../test/app.ts';
import { NO_CUSTOMER } from '../test/tables-without-customers.ts';

// The rules of docs/architecture.md. What breaks one is listed by file, with advice above it.

const root = fileURLToPath(new URL('.', import.meta.url));

/** Each imports only those before it. */
const DOMAINS = [
  'audit',
  'stores',
  'passwords',
  'links',
  'throttle',
  'codes',
  'sessions',
  'tokens',
  'staff',
  'customers',
  'addresses',
  'orders',
  'guest-access',
  'availability',
  'companies',
  'mfa',
  'credentials',
  'sign-in',
  'agents',
  'customer-care',
  'imports',
  'exports',
  'campaigns',
  'demo',
];
const INTERFACES = new Set(['storefront-api', 'storefront', 'operations', 'cli']);
/** They put the house together, so they may know every room. */
const COMPOSITION_ROOTS = new Set(['app.ts', 'server.ts', 'operator-server.ts', 'main.ts', 'processes.ts', 'demo.ts']);
const MOST_LINES = 350;
const MOST_FILES = 20;

interface Import {
  /** Path below src/, or the name of a package. */
  target: string;
  local: boolean;
  /** Gone when the code runs. */
  type: boolean;
  /** Loaded when it is called for. */
  lazy: boolean;
}

interface Source {
  path: string;
  lines: number;
  /** Without comments. */
  code: string;
  imports: readonly Import[];
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && path !== 'platform/database/tables.ts')
  .toSorted()
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$|(?<=[;,{}()\]\s])\/\/ .*$/gm, '');
    return { path, lines: text.split('\n').length - 1, code, imports: importsOf(path, code) };
  });

function importsOf(path: string, code: string): Import[] {
  const found = (target: string, type: boolean, lazy: boolean): Import => {
    const local = target.startsWith('.');
    return { target: local ? normalize(join(dirname(path), target)) : target, local, type, lazy };
  };
  const fixed = [...code.matchAll(/^(?:import|export)\s+(type\s)?(?:([^'";]*?)\sfrom\s+)?'([^']+)'/gm)].map(
    ([, type, names = '', target = '']) =>
      found(target, Boolean(type) || /^\{(?:\s*type\s[^,}]+,?)+\s*\}$/.test(names.trim()), false),
  );
  const lazy = [...code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)].map(([, target = '']) => found(target, false, true));
  return [...fixed, ...lazy];
}

const local = ({ imports }: Source) => imports.filter(({ local }) => local).map(({ target }) => target);
const below =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(`${folder}/`));

/** Files that know what they should not: `file → what`. */
const offences = (
  within: (path: string) => boolean,
  forbidden: (target: string, source: Source) => boolean,
): string[] =>
  sources
    .filter(({ path }) => within(path))
    .flatMap((source) =>
      local(source)
        .filter((target) => forbidden(target, source))
        .map((target) => `${source.path} → ${target}`),
    );

/** Lines of code that say what they should not: `file: text`. */
const sayings = (within: (path: string) => boolean, pattern: RegExp): string[] =>
  sources
    .filter(({ path }) => within(path))
    .flatMap(({ path, code }) => [...code.matchAll(pattern)].map(([text]) => `${path}: ${text.trim()}`));

const domainOf = (path: string) => /^domain\/([^/]+)\//.exec(path)?.[1];
const interfaceOf = (path: string) => /^interfaces\/([^/]+)\//.exec(path)?.[1];
const isRoot = (path: string) => COMPOSITION_ROOTS.has(path);

test('the sources were read', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(
    sources
      .flatMap(local)
      .filter(
        (target) =>
          !target.endsWith('.json') &&
          target !== 'platform/database/tables.ts' &&
          !sources.some(({ path }) => path === target),
      ),
  ).toEqual([]);
});

test('rule 1: there are three floors and a cellar, and nothing beside them', () => {
  const known = ['domain', 'interfaces', 'platform', 'ui', 'i18n'];
  const beside = sources.map(({ path }) => path).filter((path) => !isRoot(path) && !below(...known)(path));
  const domains = [...new Set(sources.map(({ path }) => domainOf(path)).filter((name) => name !== undefined))].filter(
    (name) => !DOMAINS.includes(name),
  );
  const interfaces = [
    ...new Set(sources.map(({ path }) => interfaceOf(path)).filter((name) => name !== undefined)),
  ].filter((name) => !INTERFACES.has(name));

  expect(beside, 'Put the file on a floor, or list it as a composition root in this test.').toEqual([]);
  expect(domains, 'Give the new domain its place in DOMAINS of this test: after those it imports.').toEqual([]);
  expect(interfaces, 'List the new interface in INTERFACES of this test.').toEqual([]);
});

test('rule 1: the platform knows nothing of customers', () => {
  const found = offences(below('platform'), (target) => !below('platform')(target));

  expect(found, 'Hand in what the platform needs (a value, a function, a job) instead of importing it.').toEqual([]);
});

test('rule 1: texts and parts of pages know no domain', () => {
  const found = [
    ...offences(below('i18n'), (target) => !below('i18n')(target)),
    ...offences(below('ui'), (target) => !below('ui', 'i18n')(target)),
  ];

  expect(found, 'What is about customers belongs into the page or the mail that shows it.').toEqual([]);
});

test('rule 1: a domain imports the platform, itself and the index of earlier domains', () => {
  const found = offences(below('domain'), (target, { path }) => {
    const [own, other] = [domainOf(path) ?? '', domainOf(target)];
    if (below('platform')(target)) return false;
    if (below('i18n', 'ui')(target)) return !/^domain\/[^/]+\/mail\//.test(path);
    if (other === undefined) return true;
    if (other === own) return target === `domain/${own}/index.ts`;
    return DOMAINS.indexOf(other) > DOMAINS.indexOf(own) || target !== `domain/${other}/index.ts`;
  });

  expect(
    found,
    'Import from index.ts of an earlier domain; what two domains need belongs to the earlier of them. Only mails may use i18n/ and ui/.',
  ).toEqual([]);
});

test('rule 1: an interface imports domains by their index, and no other interface', () => {
  const found = offences(below('interfaces'), (target, { path }) => {
    if (below('platform', 'ui', 'i18n', `interfaces/${interfaceOf(path)}`)(target)) return false;
    return domainOf(target) === undefined || target !== `domain/${domainOf(target)}/index.ts`;
  });

  expect(
    found,
    'Export what you need from the index.ts of its domain; what two interfaces share belongs to a domain, to ui/ or to platform/http/.',
  ).toEqual([]);
});

test('rule 1: nobody imports an interface or a composition root', () => {
  const found = offences(
    (path) => !isRoot(path),
    (target, { path }) =>
      isRoot(target) || (interfaceOf(target) !== undefined && interfaceOf(target) !== interfaceOf(path)),
  );

  expect(found, 'Turn the arrow round: let app.ts or server.ts hand in what is needed.').toEqual([]);
});

const isSql = (path: string) =>
  /(?:^|\/)(?:queries|[\w-]+-queries|search)\.ts$/.test(path) || below('platform/database')(path);

test('rule 2: SQL stands in queries', () => {
  const found = sayings(
    (path) => !isSql(path),
    /\bsql(?:<[^`]*>)?`|\bsql\.(?:raw|ref|table|id)\(|\.(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(|\.query(?:<[^(]*>)?\(|\bcopy(?:From|To)\(|\bfrom '(?:pg|pg-copy-streams)'/g,
  ).filter((line) => !/^platform\/jobs\/queue\.ts: from 'pg'$/.test(line) && !isTypeImport(line));

  expect(found, 'Write a function in queries.ts, *-queries.ts or search.ts of the domain and call it.').toEqual([]);
});

/** `import type pg from 'pg'`: no statement is sent with a type. */
function isTypeImport(line: string): boolean {
  const [path = '', text = ''] = line.split(': ');
  const name = /^from '([^']+)'$/.exec(text)?.[1];
  return (
    name !== undefined &&
    sources.some(
      (source) => source.path === path && source.imports.every(({ target, type }) => target !== name || type),
    )
  );
}

test('rule 2: only config.ts reads the environment', () => {
  const found = sayings(
    (path) => path !== 'platform/config.ts',
    /\bprocess(?:\.env\b|\[['"]env)|\bimport\.meta\.env\b/g,
  );

  expect(found, 'Add a setting with its meaning and unit to platform/config.ts and read app.config.').toEqual([]);
});

test('rule 2: only clock.ts knows what time it is', () => {
  const found = sayings(
    (path) => path !== 'platform/clock.ts',
    /\bDate\.now\b|\bnew Date(?:\(\s*\)|(?![\w(]))|(?<!new )\bDate\(\)|\bTemporal\.Now\b/g,
  );

  expect(found, 'Use app.now(); functions without an App take the present as a parameter.').toEqual([]);
  expect(
    // `clientele doctor` compares the two clocks.
    sayings(
      (path) => isSql(path) && path !== 'platform/database/inspection.ts',
      /\b(?:now\(\)|current_timestamp|clock_timestamp)/gi,
    ),
    'Hand the present into the statement: a test sets the clock.',
  ).toEqual([]);
});

test('rule 3: nothing outside the Storefront API knows its codes or its documents', () => {
  const contract = below('interfaces/storefront-api');
  const codes = [
    ...new Set(
      sources
        .filter(({ path }) => contract(path))
        .flatMap(({ code }) => [...code.matchAll(/'(\d{3,4})'/g)].map(([, code = '']) => code)),
    ),
  ];
  expect(codes).toEqual(expect.arrayContaining(['901', '003', '4401']));
  const outside = (path: string) => !contract(path) && !isRoot(path);

  expect(
    sayings(outside, new RegExp(`['"](?:${codes.join('|')})['"]|\\bcode: (?:${codes.map(Number).join('|')})\\b`, 'g')),
    'Throw a problem with a name; wire-problems.ts gives it the number.',
  ).toEqual([]);
  expect(
    sayings((path) => !contract(path), /\blinks\.self\b|\blinks: ?\{ ?self\b|application\/vnd\.api\+json/g).filter(
      (line) => !line.startsWith('server.ts:'),
    ),
    'Only envelope.ts writes documents of the contract.',
  ).toEqual([]);
});

test('rule 4: no import leads back to where it came from', () => {
  const edges = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter(({ local, type, lazy }) => local && !type && !lazy).map(({ target }) => target),
    ]),
  );
  const cycles = new Set<string>();
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) return void cycles.add([...trail.slice(at), path].join(' → '));
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);

  expect([...cycles], 'Move what both need into a file of its own, or hand it in as a parameter.').toEqual([]);
});

test('rule 4: a file that is too long wants to be two', () => {
  const long = sources.filter(({ lines }) => lines > MOST_LINES).map(({ path, lines }) => `${path}: ${lines} lines`);

  expect(long, `Split it by what it is about; ${MOST_LINES} lines are the most.`).toEqual([]);
});

test('rule 4: a domain with too many files wants to be two', () => {
  const crowded = DOMAINS.map((name) => ({
    name,
    files: sources.filter(({ path }) => domainOf(path) === name).length,
  })).filter(({ files }) => files > MOST_FILES);

  expect(crowded, `Find the two subjects in it; ${MOST_FILES} files are the most.`).toEqual([]);
});

const world = useApp();

test('rule 5: every column is declared by a privacy hook, or its table has no customer', async () => {
  const columns = await world.sql(`select table_name as table, column_name as column from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE'`);
  const declared = world.app.privacy.flatMap(({ tables }) =>
    Object.entries(tables).flatMap(([table, { personal = [], kept = {}, derived = [] }]) =>
      [...personal, ...Object.values(kept).flat(), ...derived].map((column) => `${table}.${column}`),
    ),
  );
  const existing = columns
    .filter(({ table }) => NO_CUSTOMER[String(table)] === undefined)
    .map(({ table, column }) => `${String(table)}.${String(column)}`);

  expect(
    declared.toSorted(),
    'Say in the privacy.ts of the domain what becomes of the column when a customer is erased: personal, kept (why) or derived.',
  ).toEqual(existing.toSorted());
});

test('rule 5: a table that leads to a customer is declared, whatever is said of it', async () => {
  const leading = await world.sql(`with recursive leads as (
      select table_name::text as name from information_schema.columns
      where table_schema = 'public' and column_name in ('customer_id', 'customer_reference')
      union
      select conrelid::regclass::text from pg_constraint join leads on confrelid::regclass::text = leads.name where contype = 'f'
    ) select distinct name from leads`);

  expect(leading.map(({ name }) => String(name)).filter((name) => NO_CUSTOMER[name])).toEqual([]);
});

test('rule 5: every hook is listed in app.ts, and its tables exist', async () => {
  const hooks = sources.flatMap(({ path, code }) =>
    below('domain')(path)
      ? [...code.matchAll(/export const \w+: PrivacyHook = \{\s*name: '([^']+)'/g)].map(([, name]) => name)
      : [],
  );
  const existing = (
    await world.sql("select table_name as name from information_schema.tables where table_schema = 'public'")
  ).map(({ name }) => name);

  expect(new Set(world.app.privacy.map(({ name }) => name)), 'List the hook in `privacy` of app.ts.').toEqual(
    new Set(hooks),
  );
  for (const { name, tables } of world.app.privacy)
    expect(existing, `${name} answers for a table that is not there`).toEqual(
      expect.arrayContaining(Object.keys(tables)),
    );
});
