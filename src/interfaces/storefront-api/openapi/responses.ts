import { z } from 'zod';
import { mfaCodeInvalid, mfaCodeMissing } from '../../../domain/mfa/index.ts';
import { accessTokenInvalid } from '../../../domain/tokens/index.ts';
import { translator } from '../../../i18n/index.ts';
import { notWhileImpersonating } from '../../../platform/impersonation.ts';
import type { Problem } from '../../../platform/problem.ts';
import type { Operation, Resource } from '../resource.ts';
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
} from '../wire-problems.ts';
import { JSON_API, type Json, ref } from './json.ts';

export const errorsSchema: Json = {
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

/** The resource object of a type, as it stands in answers. */
export function resourceObject({ shows: { type, attributes, named }, relations }: Resource): Json {
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

const retryAfter: Json = {
  'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer' } },
};

/** What any operation may answer while the server protects itself or its database is away. */
export const busyResponses: Json = {
  429: {
    description: 'Too many requests of this kind from this network, or for this account. Try again later.',
    headers: retryAfter,
    content: { [JSON_API]: { schema: ref('errors') } },
  },
  503: {
    description: 'The database is away or too much work is waiting. Nothing was changed; try again.',
    headers: retryAfter,
    content: { [JSON_API]: { schema: ref('errors') } },
  },
};
/** The same, for each operation to refer to. */
export const busy = Object.fromEntries(
  Object.keys(busyResponses).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
);

/** Links of a document: by name for a collection, and an empty list elsewhere, as PHP writes an empty map. */
const documentLinks: Json = {
  anyOf: [
    { type: 'object', additionalProperties: { type: 'string' } },
    { type: 'array', maxItems: 0, items: { type: 'string' } },
  ],
};

/** Types that `include` may bring: those related to the resource, those related to them, and so on. */
function includedTypes({ type, relations }: Resource, all: readonly Resource[]): string[] {
  const types = new Set(relations.keys());
  // A set is walked to its end, what is added meanwhile included.
  for (const found of types)
    for (const other of all)
      if (other.type === found && other.parents.length === 0)
        for (const name of other.relations.keys()) if (name !== type) types.add(name);
  return [...types].filter((name) => all.some(({ shows, operations }) => shows.type === name && operations.length > 0));
}

/** What an operation answers when it works. */
export function successOf(resource: Resource, { method, at, silent }: Operation, all: readonly Resource[]): Json {
  if (silent) return { 204: { description: 'Done' } };
  const { shows, mine } = resource;
  const one = method === 'POST' || at === 'one' || (at === 'mine' && !mine);
  const types = includedTypes(resource, all);
  const [only] = types;
  const items = types.length === 1 && only ? ref(only) : { anyOf: types.map(ref) };
  const included = types.length > 0 ? { included: { type: 'array', items } } : {};
  const schema = {
    type: 'object',
    required: one ? ['data'] : ['data', 'links'],
    properties: {
      data: one ? ref(shows.type) : { type: 'array', items: ref(shows.type) },
      ...(one ? {} : { links: documentLinks }),
      ...included,
    },
    additionalProperties: false,
  };
  return {
    [method === 'POST' ? 201 : 200]: { description: 'Done', content: { [JSON_API]: { schema } } },
  };
}

/** Everything that can go wrong, by status, with each error in its own words. */
export function failuresOf(resource: Resource, operation: Operation): Json {
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
