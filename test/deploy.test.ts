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
      environment: z.record(z.string(), z.union([z.string(), z.number()])),
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

const Probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const Probed = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()) }),
      spec: z.object({
        containers: z.tuple([
          z.object({
            args: z.tuple([z.string()]),
            ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
            readinessProbe: Probe,
            livenessProbe: Probe,
          }),
        ]),
      }),
    }),
  }),
});

test('servers and workers are probed on a port they have, and scraped where their metrics are', () => {
  const { configMapGenerator } = z
    .object({ configMapGenerator: z.tuple([z.object({ literals: z.array(z.string()) })]) })
    .parse(parse(read('deploy/kubernetes/kustomization.yaml')));
  const [{ literals }] = configMapGenerator;
  const setting = (name: string) => literals.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  const listening = { http: Number(setting('PORT')), metrics: Number(setting('METRICS_PORT')) };
  expect([setting('HOST'), setting('METRICS_HOST')]).toEqual(['0.0.0.0', '0.0.0.0']);

  for (const name of ['serve', 'work']) {
    const { metadata, spec } = Probed.parse(parse(read(`deploy/kubernetes/${name}.yaml`))).spec.template;
    const [{ args, ports, readinessProbe, livenessProbe }] = spec.containers;
    expect(args).toEqual([name]);
    expect(listening).toMatchObject(Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort])));
    expect([readinessProbe.httpGet.path, livenessProbe.httpGet.path]).toEqual(['/health/ready', '/health/live']);
    for (const { httpGet } of [readinessProbe, livenessProbe])
      expect(ports.map(({ name }) => name)).toContain(httpGet.port);
    expect(metadata.annotations).toMatchObject({ 'prometheus.io/port': setting('METRICS_PORT') });
  }
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
