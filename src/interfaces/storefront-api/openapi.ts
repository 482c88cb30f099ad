import { z } from 'zod';
import { accessTokenInvalid } from '../../domain/tokens/index.ts';
import { translator } from '../../i18n/index.ts';
import { mfaCodeInvalid, mfaCodeMissing } from '../../domain/mfa/index.ts';
import { notWhileImpersonating } from '../../platform/impersonation.ts';
import type { Problem } from '../../platform/problem.ts';
import { decoupledPaths } from './decoupled/openapi.ts';
import type { Operation, Resource } from './resource.ts';
import type { Field } from './rules.ts';
import { tokenPaths } from './token-openapi.ts';
import {
  accessTokenMissing,
  agentMissing,
  attributesInvalid,
  guestMissing,
  idMissing,
  postDataInvalid,
  typeInvalid,
  type WireError,
  wireErrors,
} from './wire-problems.ts';

export type Json = { [name: string]: unknown };

const JSON_API = 'application/vnd.api+json';
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** The whole Storefront API as an OpenAPI 3.1 document, made of the resources themselves. `url` is where it answers. */
export function openApi(
  resources: readonly Resource[],
  url: string,
  places: { storefront: string; backend: string },
  hint = '',
): Json {
  const shown = resources.filter(({ operations }) => operations.length > 0);
  const paths: Record<string, Json> = {};
  for (const resource of shown)
    for (const operation of resource.operations) {
      const path = pathOf(resource, operation);
      paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(resource, operation) };
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clientele Storefront API',
      version: '1',
      description:
        'Customer accounts of a shop, as JSON:API. Log in with `POST /access-tokens`, then send `Authorization: Bearer …`. Amounts are in minor units; errors carry codes as text, some of which are no HTTP status.' +
        hint,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    tags: [...new Set([...shown.map(tagOf).filter((tag) => tag !== SHOP), 'token', 'decoupled', SHOP])].map((name) => ({
      name,
    })),
    paths: { ...paths, ...tokenPaths(), ...decoupledPaths(places) },
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The accessToken that a log-in answered: a customer’s, an agent’s, or one with which an agent acts for a customer. An agent may send theirs as X-Agent-Authorization beside a customer’s.',
        },
      },
      schemas: {
        ...Object.fromEntries(
          shown
            .filter(({ operations }) => !operations.every(({ silent }) => silent))
            .map((resource) => [resource.shows.type, resourceObject(resource)] as const)
            // Of two resources of a type the one with relations says more.
            .toSorted(([, one], [, other]) => JSON.stringify(one).length - JSON.stringify(other).length),
        ),
        errors: errorsSchema,
      },
    },
  };
}

const errorsSchema: Json = {
  type: 'object',
  required: ['errors'],
  properties: {
    errors: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['detail', 'status'],
        properties: { detail: { type: 'string' }, status: { type: 'integer' }, code: { type: 'string' } },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

/** What belongs to the shop and is only probed here comes last. */
const SHOP = 'the shop’s own';

const tagOf = ({ type, shopsOwn }: Resource): string => (shopsOwn ? SHOP : type);

/** `/customers/{customerReference}/addresses/{id}` */
function pathOf({ parents, type, mine }: Resource, { at }: Operation): string {
  const above = parents.map((parent) => `/${parent}/{${idOf(parent)}}`).join('');
  return `${above}/${type}${at === 'many' ? '' : at === 'mine' && mine ? '/mine' : '/{id}'}`;
}

const idOf = (parent: string) => (parent === 'customers' ? 'customerReference' : `${parent}Id`);

function resourceObject({ shows: { type, attributes, named }, relations }: Resource): Json {
  const { $schema: _schema, ...schema } = z.toJSONSchema(attributes, { io: 'output', override: withoutBounds });
  // Sparse fields may leave any of them out.
  const { required: _required, ...optional } = schema;
  return {
    type: 'object',
    required: ['type', 'id', 'attributes', 'links'],
    properties: {
      type: { type: 'string', const: type },
      id: { type: named ? 'string' : 'null' },
      attributes: optional,
      links: { type: 'object', required: ['self'], properties: { self: { type: 'string' } } },
      ...(relations.size > 0 ? { relationships } : {}),
    },
    additionalProperties: false,
  };
}

const relationships: Json = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['data'],
    properties: {
      data: {
        type: 'array',
        items: {
          type: 'object',
          required: ['type', 'id'],
          properties: { type: { type: 'string' }, id: { type: ['string', 'null'] } },
        },
      },
    },
  },
};

/** Zod bounds whole numbers by what JavaScript can hold; examples are made of bounds, and nobody means these. */
function withoutBounds({ jsonSchema }: { jsonSchema: { minimum?: number | undefined; maximum?: number | undefined } }) {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function operationObject(resource: Resource, operation: Operation): Json {
  const { audience, heedsToken, summary, method } = operation;
  const security = [
    ...(audience === 'anyone' ? [{}] : []),
    ...(audience !== 'anyone' || heedsToken ? [{ token: [] }] : []),
  ];
  return {
    operationId: `${method.toLowerCase()}-${[...resource.parents, resource.type].join('-')}-${operation.at}`,
    summary,
    tags: [tagOf(resource)],
    security,
    parameters: parametersOf(resource, operation),
    ...(method === 'POST' || method === 'PATCH' ? { requestBody: bodyOf(resource.type, operation) } : {}),
    responses: { ...successOf(resource, operation), ...failuresOf(resource, operation) },
  };
}

function parametersOf(
  resource: Resource,
  { at, method, audience, query, paged, silent, takesCode }: Operation,
): Json[] {
  const path = (name: string, description: string) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  });
  const inQuery = (name: string, description: string, schema: Json = { type: 'string' }) => ({
    name,
    in: 'query',
    description,
    schema,
  });
  const related = [...resource.relations.keys()];
  return [
    ...resource.parents.map((parent) =>
      path(
        idOf(parent),
        parent === 'customers' ? 'Reference of the customer, the id that GET /customers shows' : `Id of ${parent}`,
      ),
    ),
    ...(at === 'one' || (at === 'mine' && !resource.mine) ? [path('id', `Id of ${resource.type}`)] : []),
    ...Object.entries(query).map(([name, description]) => inQuery(name, description)),
    ...(related.length > 0 && !silent
      ? [inQuery('include', `Related types, comma-separated: ${related.join(', ')}`)]
      : []),
    ...(method === 'GET' ? [inQuery(`fields[${resource.shows.type}]`, 'Only these attributes, comma-separated')] : []),
    ...(paged
      ? [
          inQuery('page[offset]', 'Items to pass over; only with a limit', { type: 'integer', minimum: 0 }),
          inQuery('page[limit]', 'Items of a page, 500 at most', { type: 'integer', minimum: 1 }),
        ]
      : []),
    ...(resource.namesGuests
      ? [
          {
            name: 'X-Anonymous-Customer-Unique-Id',
            in: 'header',
            description: 'Who a guest is',
            schema: { type: 'string' },
          },
        ]
      : []),
    ...(takesCode || (resource.mfa && method !== 'GET' && audience !== 'anyone')
      ? [
          {
            name: 'X-MFA-Code',
            in: 'header',
            description: 'One-time code, for customers with a second factor',
            schema: { type: 'string' },
          },
        ]
      : []),
  ];
}

function bodyOf(type: string, { attributes, takes }: Operation): Json {
  const fields = Object.entries(attributes?.fields ?? {});
  const required = fields.filter(([, { optional }]) => !optional).map(([name]) => name);
  return {
    required: true,
    content: {
      [JSON_API]: {
        schema: {
          type: 'object',
          required: ['data'],
          properties: {
            data: {
              type: 'object',
              required: ['type', 'attributes'],
              properties: {
                type: { type: 'string', const: type },
                attributes: {
                  type: 'object',
                  ...(required.length > 0 ? { required } : {}),
                  properties: Object.fromEntries([
                    ...fields.map(([name, field]) => [name, fieldSchema(field)] as const),
                    ...takes.map((name) => [name, { type: 'string' }] as const),
                  ]),
                },
              },
            },
          },
        },
      },
    },
  };
}

function fieldSchema({ types, rules }: Field<unknown>): Json {
  const parts = rules.map(({ schema }) => schema ?? {});
  const merged: Json = Object.assign({}, ...parts);
  const lengths = parts.map(({ minLength }) => minLength).filter((length) => typeof length === 'number');
  if (lengths.length > 0) merged['minLength'] = Math.max(...lengths);
  return { type: types.length === 1 ? types[0] : types, ...merged };
}

function successOf({ shows, relations, mine }: Resource, { method, at, silent }: Operation): Json {
  if (silent) return { 204: { description: 'Done' } };
  const one = method === 'POST' || at === 'one' || (at === 'mine' && !mine);
  const included = relations.size > 0 ? { included: { type: 'array', items: { type: 'object' } } } : {};
  const links = { type: ['object', 'array'] };
  const schema = {
    type: 'object',
    required: one ? ['data'] : ['data', 'links'],
    properties: {
      data: one ? ref(shows.type) : { type: 'array', items: ref(shows.type) },
      ...(one ? {} : { links }),
      ...included,
    },
    additionalProperties: false,
  };
  return {
    [method === 'POST' ? 201 : 200]: { description: 'Done', content: { [JSON_API]: { schema } } },
  };
}

/** Everything that can go wrong, by status, with each error in its own words. */
function failuresOf(resource: Resource, operation: Operation): Json {
  const { method, audience, own, attributes, problems, whileImpersonating } = operation;
  const hasBody = method === 'POST' || method === 'PATCH';
  const violations = [{ field: 'field', message: 'This field is missing.' }];
  const possible: Problem[] = [
    ...(hasBody ? [postDataInvalid({}), typeInvalid({})] : []),
    ...(method === 'PATCH' || method === 'DELETE' ? [idMissing({})] : []),
    accessTokenInvalid({}),
    ...(audience === 'customer' || audience === 'customer-or-agent' || resource.content
      ? [accessTokenMissing({})]
      : []),
    ...(audience === 'agent' ? [agentMissing({})] : []),
    ...(resource.namesGuests ? [guestMissing({})] : []),
    ...(attributes ? [attributesInvalid({ violations })] : []),
    ...(own ? [own({})] : []),
    ...(whileImpersonating ? [] : [notWhileImpersonating({})]),
    ...(resource.mfa && method !== 'GET' ? [mfaCodeMissing({}), mfaCodeInvalid({})] : []),
    ...problems,
  ];
  const t = translator('en');
  const errors = possible.flatMap((problem) => wireErrors(problem, t) ?? []);
  const byStatus = Map.groupBy(errors, ({ status }) => status);
  return Object.fromEntries([...byStatus].map(([status, errors]) => [status, failure(errors)]));
}

export function failure(errors: readonly WireError[]): Json {
  const lines = [...new Set(errors.map(({ code, detail }) => (code ? `\`${code}\` ${detail}` : detail)))];
  return {
    description: lines.join('\n\n'),
    content: { [JSON_API]: { schema: ref('errors'), example: { errors: errors.slice(0, 1) } } },
  };
}
