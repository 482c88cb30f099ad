import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { api } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { agentOf, call, nameOf, type Person, person } from '../../../../test/every-operation.ts';
import { policyOf } from '../../../domain/passwords/index.ts';
import { list } from '../index.ts';
import { exampleAttributes, exampleId } from './examples.ts';
import type { Operation, Resource } from '../resource.ts';

const world = useApp();

interface Documented {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Description {
  openapi: string;
  paths: Record<string, Record<string, Documented>>;
}

const operations = list.flatMap((resource) => resource.operations.map((operation) => ({ resource, operation })));

let description: Description;
let ajv: Ajv2020;
beforeAll(async () => {
  description = (await api(world, 'GET', '/docs/openapi.json')).json;
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...description, $id: 'api' });
});

/** The description of an operation: its path has the same steps, whatever ids are called. */
function documented(resource: Resource, operation: Operation): { path: string; said: Documented } {
  const plain = (path: string) => path.replaceAll(/\{[^}]+\}/g, '{id}');
  const [method = '', wanted = ''] = nameOf(resource, operation).split(' ');
  const found = Object.entries(description.paths).find(([path]) => plain(path) === wanted);
  const said = found?.[1][method.toLowerCase()];
  if (!found || !said) throw new Error(`${method} ${wanted} is not described`);
  return { path: found[0], said };
}

const pointer = (path: string) =>
  path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');

describe('what is answered is what is described', () => {
  let admin: Person;
  let agent: string;
  beforeAll(async () => {
    admin = await person(world, { works: true });
    agent = await agentOf(world);
  });

  test.for(operations.map((both) => [nameOf(both.resource, both.operation), both] as const))(
    '%s',
    async ([, { resource, operation }]) => {
      const { method, audience } = operation;
      const ends = (method === 'DELETE' || method === 'PATCH') && resource.parents.length === 0;
      const whose = ends ? await person(world) : admin;
      const { path, said } = documented(resource, operation);

      const token = audience === 'agent' ? agent : audience === 'anyone' ? undefined : whose.token;
      const answer = await call(world, { resource, operation }, whose, token);

      const response = said.responses[String(answer.status)];
      expect(Object.keys(said.responses), answer.text).toContain(String(answer.status));
      const at = `${pointer(path)}/${method.toLowerCase()}/responses/${answer.status}`;
      const validate = response?.content
        ? ajv.getSchema(`api#/paths/${at}/content/application~1vnd.api+json/schema`)
        : ajv.compile({ const: undefined });
      const fits = validate?.(answer.json);
      expect([fits, validate?.errors ?? []], answer.text).toEqual([true, []]);
    },
  );
});

describe('the example bodies', () => {
  const bodies = operations.filter(({ operation }) => operation.attributes);

  test.for(bodies.map((both) => [nameOf(both.resource, both.operation), both] as const))(
    'of %s keep the rules of their attributes',
    ([, { resource, operation }]) => {
      const example = exampleAttributes(resource.type, operation);

      expect(operation.attributes?.violations(example, policyOf(world.app.config))).toEqual([]);
    },
  );

  test('sign in to the demo shop', async () => {
    const customers = await readFile(new URL('../../../../demo/customer.csv', import.meta.url), 'utf8');
    const { username } = exampleOf('access-tokens');

    expect(customers).toContain(`\n${String(exampleId('customerReference'))},`);
    expect(customers).toContain(`,${String(username)},`);
  });

  const exampleOf = (type: string) => {
    const found = operations.find(({ resource, operation }) => resource.type === type && operation.method === 'POST');
    return found ? exampleAttributes(type, found.operation) : {};
  };
});

test('every operation says what a busy server answers', () => {
  for (const { resource, operation } of operations)
    expect(Object.keys(documented(resource, operation).said.responses)).toEqual(expect.arrayContaining(['429', '503']));
});

describe('/docs', () => {
  test('is a page, with everything it needs from here', async () => {
    const page = await api(world, 'GET', '/docs');

    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    for (const file of files) expect((await api(world, 'GET', file)).status, file).toBe(200);
    expect(files.every((file) => file.startsWith('/docs/'))).toBe(true);
  });

  test.for(['/docs/../package.json', '/docs/package.json', '/docs/index.html', '/docs/swagger-initializer.js'])(
    '%s is not served',
    async (path) => {
      expect((await api(world, 'GET', path)).status).toBe(404);
    },
  );

  test('the description is OpenAPI 3.1 and names every path once', () => {
    expect(description.openapi).toBe('3.1.0');
    expect(Object.keys(description.paths)).toEqual(expect.arrayContaining(['/token', '/glue-storefront/token']));
    const described = Object.values(description.paths).flatMap((path) => Object.keys(path)).length;
    expect(described).toBeGreaterThanOrEqual(operations.length);
  });
});
