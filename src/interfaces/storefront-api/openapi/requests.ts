import { exampleAttributes, exampleId } from './examples.ts';
import { JSON_API, type Json } from './json.ts';
import { idOf, type Operation, type Resource } from '../resource.ts';
import type { Field } from '../rules.ts';

/** Parameters of an operation in path, query and headers. */
export function parametersOf(
  resource: Resource,
  { at, method, audience, query, paged, silent, takesCode }: Operation,
): Json[] {
  const path = (name: string, description: string) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
    ...(exampleId(name) === undefined ? {} : { example: exampleId(name) }),
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

/** The body that an operation takes, with an example that can be sent as it is. */
export function bodyOf(type: string, operation: Operation): Json {
  const { attributes, takes } = operation;
  const fields = Object.entries(attributes?.fields ?? {});
  const required = fields.filter(([, { optional }]) => !optional).map(([name]) => name);
  return {
    required: true,
    content: {
      [JSON_API]: {
        example: { data: { type, attributes: exampleAttributes(type, operation) } },
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
