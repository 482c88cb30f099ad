import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parser } from '@prometheus-io/lezer-promql';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startOperatorServer } from '../src/operator-server.ts';
import { newId } from '../src/platform/id.ts';
import { api } from './api.ts';
import { useApp } from './app.ts';
import { activeCustomer, PASSWORD } from './builders.ts';
import { type Exposition, parseExposition } from './exposition.ts';

// The board and the alerts that we ship ask for metrics that exist.

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const world = useApp({ METRICS_PORT: '0', SIGN_IN_ATTEMPTS: '2' });

/** Labels that Prometheus adds to what it scrapes, and values that come only with an accident. */
const OF_PROMETHEUS = new Set(['job', 'instance']);
const ACCIDENTS = new Set(['status']);

let scrape: Exposition;
beforeAll(async () => {
  const { email } = await activeCustomer(world);
  const signIn = (password: string) =>
    api(world, 'POST', '/access-tokens', { attributes: { username: email, password } });
  await signIn(PASSWORD);
  for (let failures = 0; failures < 3; failures++) await signIn('Wrong-Horse-7-Battery');
  await world.runJobs();
  await world.sql(
    `insert into import_run (id, entity, source, digest, state, started_at) values ($1, 'customer', 'a', 'b', 'failed', now())`,
    [newId()],
  );
  const operators = await startOperatorServer(world.app, { isDraining: false });
  const answer = await fetch(`http://127.0.0.1:${operators.port}/metrics`);
  scrape = parseExposition(await answer.text());
  await operators.close();
});

interface Matcher {
  label: string;
  operator: string;
  value: string;
}

/** What one expression asks for. */
interface Asked {
  selectors: { metric: string; matchers: Matcher[] }[];
  /** Labels of `by (…)`. */
  grouping: string[];
}

/** Reads PromQL with the parser of Prometheus' own editor. Throws on what is none. */
function asked(expression: string): Asked {
  const found: Asked = { selectors: [], grouping: [] };
  let isGrouping = false;
  parser.parse(expression).iterate({
    enter({ name, type, from, to }) {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expression}`);
      if (name === 'VectorSelector') found.selectors.push({ metric: '', matchers: [] });
      const selector = found.selectors.at(-1);
      if (name === 'Identifier' && selector) selector.metric = text;
      if (name === 'UnquotedLabelMatcher') {
        const [, label = '', operator = '', value = ''] = /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(text) ?? [];
        selector?.matchers.push({ label, operator, value });
      }
      if (name === 'GroupingLabels') isGrouping = true;
      if (isGrouping && name === 'LabelName') found.grouping.push(text);
    },
    leave({ name }) {
      if (name === 'GroupingLabels') isGrouping = false;
    },
  });
  return found;
}

/** What is wrong with an expression, given what a real scrape has. */
function problemsOf(expression: string): string[] {
  const { selectors, grouping } = asked(expression);
  if (selectors.length === 0) return [`${expression}: asks for nothing`];
  const labels = new Set<string>(OF_PROMETHEUS);
  const problems = selectors.flatMap(({ metric, matchers }) => {
    // Prometheus writes it itself, for each target.
    if (metric === 'up') return [];
    const samples = scrape.samples.filter(({ name }) => name === metric);
    if (samples.length === 0) return [`${metric}: not in a scrape`];
    for (const sample of samples) for (const label of Object.keys(sample.labels)) labels.add(label);
    return matchers
      .filter(({ label }) => !OF_PROMETHEUS.has(label))
      .filter(({ label, operator, value }) => {
        const values = samples.flatMap((sample) => sample.labels[label] ?? []);
        const isKnown = values.some((known) =>
          operator.includes('~') ? new RegExp(`^(?:${value})$`).test(known) : known === value,
        );
        return values.length === 0 || (!ACCIDENTS.has(label) && !isKnown);
      })
      .map(({ label, operator, value }) => `${metric}{${label}${operator}"${value}"}: no such label or value`);
  });
  return [
    ...problems,
    ...grouping.filter((label) => !labels.has(label)).map((label) => `by (${label}): no such label`),
  ];
}

const Board = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
});

/** As Grafana fills in its variables. */
const filledIn = (expression: string) => expression.replaceAll('$__rate_interval', '5m');

test('every panel of the Grafana board asks for metrics and labels of a real scrape', () => {
  const { panels } = Board.parse(JSON.parse(read('deploy/grafana/clientele.json')));
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => filledIn(expr)));

  expect(expressions.length).toBeGreaterThan(20);
  expect(expressions.flatMap(problemsOf)).toEqual([]);
  // Legends name labels that the expression keeps.
  const legends = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr, legendFormat }) =>
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)]
        .map(([, label = '']) => label)
        .filter((label) => !OF_PROMETHEUS.has(label) && !asked(filledIn(expr)).grouping.includes(label))
        .map((label) => `${expr}: no ${label}`),
    ),
  );
  expect(legends).toEqual([]);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

test('the board shows every metric there is', () => {
  const board = read('deploy/grafana/clientele.json');
  const ours = [...scrape.help.keys()].filter((name) => name.startsWith('clientele_'));

  // Whether an import failed is for an alert.
  expect(ours.filter((name) => !board.includes(name))).toEqual(['clientele_import_runs']);
});

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().regex(/^\d+[ms]$/),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({
            summary: z.string().min(10),
            description: z.string().min(10),
            runbook_url: z.url(),
          }),
        }),
      ),
    }),
  ),
});

test('every alert asks for metrics of a real scrape and links to what to do', () => {
  const rules = Rules.parse(parse(read('deploy/prometheus/clientele.yml'))).groups.flatMap(({ rules }) => rules);

  expect(rules.length).toBeGreaterThan(5);
  expect(rules.flatMap(({ expr }) => problemsOf(expr))).toEqual([]);
  for (const { alert, annotations } of rules) {
    const { pathname, hash } = new URL(annotations.runbook_url);
    expect(hash).toBe(`#${alert.toLowerCase()}`);
    expect(read(pathname.replace(/^.*\/main\//, ''))).toMatch(new RegExp(`^### ${alert}$`, 'm'));
  }
});

test('an expression with a metric, label or value that is not there is found', () => {
  expect(problemsOf('sum(rate(clientele_http_request_total[5m]))')).toEqual([
    'clientele_http_request_total: not in a scrape',
  ]);
  expect(problemsOf('clientele_emails_total{outcome="lost"}')).toHaveLength(1);
  expect(problemsOf('sum by (path) (clientele_http_requests_total)')).toEqual(['by (path): no such label']);
  expect(() => problemsOf('sum(clientele_database_up')).toThrow('no PromQL');
});
