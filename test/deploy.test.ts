import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { findCommand } from '../src/interfaces/cli/index.ts';
import { Settings } from '../src/platform/config.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const settings = new Set(Object.keys(Settings.shape));

/** Where `serve` and `work` are processes, everything else is a command. */
const exists = (word: string) => ['serve', 'work'].includes(word) || findCommand(word) !== undefined;

test('the Dockerfile copies what there is, runs as an ordinary user and sets settings that exist', () => {
  const dockerfile = read('Dockerfile');

  for (const [, sources = ''] of dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm))
    for (const source of sources.split(' ')) expect([source, existsSync(join(root, source))]).toEqual([source, true]);
  expect(dockerfile).toMatch(/^USER node$/m);
  for (const [, name = ''] of dockerfile.matchAll(/\b([A-Z_]+)=/g)) expect(settings).toContain(name);
  expect(dockerfile).toMatch(/\/health\/ready/);
});

const Compose = z.object({
  services: z.object({
    clientele: z.object({
      environment: z.record(z.string(), z.string()),
      read_only: z.literal(true),
      depends_on: z.record(z.string(), z.unknown()),
    }),
    database: z.object({ healthcheck: z.object({ test: z.string() }) }),
    mail: z.object({ image: z.string() }),
  }),
});

test('the compose file sets settings that exist and waits for its database', () => {
  const { clientele } = Compose.parse(parse(read('compose.yaml'))).services;

  for (const name of Object.keys(clientele.environment)) expect(settings).toContain(name);
  expect(Object.keys(clientele.depends_on)).toEqual(['database']);
});

const Container = z.object({
  args: z.tuple([z.string()]),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const Workload = z.object({
  kind: z.enum(['Deployment', 'Job']),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        securityContext: z.object({ runAsNonRoot: z.literal(true) }),
        containers: z.tuple([Container]),
      }),
    }),
  }),
});

const kubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

test.skipIf(!kubectl)('the Kubernetes base renders: serve and work as deployments, the migration as a job', () => {
  const { stdout, stderr, status } = spawnSync('kubectl', ['kustomize', join(root, 'deploy/kubernetes')], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const objects = parseAllDocuments(stdout).map((document): unknown => document.toJS());

  const workloads = objects.flatMap((object) => Workload.safeParse(object).data ?? []);
  expect(workloads.map(({ kind, spec }) => `${kind} ${spec.template.spec.containers[0].args[0]}`).toSorted()).toEqual([
    'Deployment serve',
    'Deployment work',
    'Job migrate',
  ]);
  for (const { spec } of workloads) expect(spec.template.spec.containers[0].args.every(exists)).toBe(true);
  const map = z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) });
  const [{ data } = { data: {} }] = objects.flatMap((object) => map.safeParse(object).data ?? []);
  for (const name of Object.keys(data)) expect(settings).toContain(name);
});

const systemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test.skipIf(!systemd)('systemd has nothing against the unit but that this machine has no Clientele in /opt', () => {
  const { stderr } = spawnSync('systemd-analyze', ['verify', join(root, 'deploy/systemd/clientele.service')], {
    encoding: 'utf8',
  });

  const complaints = stderr.split('\n').filter((line) => line.includes('clientele.service'));
  expect(complaints.filter((line) => !line.includes('is not executable'))).toEqual([]);
});
