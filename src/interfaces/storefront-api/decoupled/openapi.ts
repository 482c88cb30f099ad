import type { Json } from '../openapi/json.ts';
import { mfaActions } from '../resources/mfa.ts';
import { tokenSchema } from '../openapi/token.ts';

const text = { type: 'string' };

const errors: Json = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['message', 'status', 'code'],
    properties: { message: text, status: { type: 'integer' }, code: { type: ['string', 'null'] } },
  },
};
const json = (schema: Json) => ({ 'application/json': { schema } });
const failure = (description: string) => ({ description, content: json(errors) });

/** The decoupled applications in their plain dialect. `places`: where each of them answers. */
export function decoupledPaths({ storefront, backend }: { storefront: string; backend: string }): Record<string, Json> {
  return { ...application(storefront, 'storefront', 'a customer'), ...application(backend, 'backend', 'a staff user') };
}

function application(prefix: string, name: string, who: string): Record<string, Json> {
  if (!prefix) return {};
  const operation = (id: string, summary: string, more: Json): Json => ({
    operationId: `${name}-${id}`,
    summary: `${summary} (decoupled ${name} application)`,
    tags: ['decoupled'],
    ...more,
  });
  const guarded = { security: [{ token: [] }] };
  const body = (properties: Json, required: string[]) => ({
    requestBody: { required: true, content: json({ type: 'object', required, properties }) },
  });
  const paths: Record<string, Json> = {
    [`${prefix}/token`]: {
      post: operation('post-token', `Log ${who} in`, {
        security: [{}],
        ...body({ grant_type: { type: 'string', const: 'password' }, username: text, password: text }, [
          'grant_type',
          'username',
          'password',
        ]),
        responses: {
          200: { description: 'Done', content: json(tokenSchema) },
          400: failure('`invalid_grant`, `invalid_request` or `unsupported_grant_type`'),
        },
      }),
    },
    [`${prefix}/multi-factor-auth-types`]: {
      get: operation('get-multi-factor-auth-types', 'Second factors and where each stands', {
        ...guarded,
        responses: {
          200: {
            description: 'Done',
            content: json({ type: 'array', items: { type: 'object', properties: { type: text, status: text } } }),
          },
          401: failure('`001`, `002` or no code'),
        },
      }),
    },
  };
  for (const { type, summary, needsCode } of mfaActions)
    paths[`${prefix}/${type}`] = {
      post: operation(`post-${type}`, summary, {
        ...guarded,
        parameters: [{ name: 'X-MFA-Code', in: 'header', required: needsCode, schema: text }],
        ...body({ type: text }, ['type']),
        responses: {
          204: { description: 'Done' },
          400: failure('`5902`, `5904`, `5906` or `5910`'),
          401: failure('`001`, `002` or no code'),
          403: failure('`5900` or `5901`'),
        },
      }),
    };
  if (name === 'storefront') {
    const store = { type: 'object', properties: { timeZone: text, defaultCurrency: text } };
    paths[`${prefix}/stores`] = {
      get: operation('get-stores', 'The store of the request', {
        security: [{}],
        responses: {
          200: { description: 'Done', content: json({ type: 'array', items: store }) },
          400: failure('`011`'),
        },
      }),
    };
    paths[`${prefix}/stores/{id}`] = {
      get: operation('get-store', 'A store by its name', {
        security: [{}],
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        responses: {
          200: { description: 'Done', content: json({ type: 'array', items: store }) },
          404: failure('`601` Store not found'),
        },
      }),
    };
  }
  return paths;
}
