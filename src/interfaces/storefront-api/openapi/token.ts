import type { Json } from './json.ts';

const text = { type: 'string' };

/** `POST /token`, which is no resource. */
export function tokenPaths(): Record<string, Json> {
  return {
    '/token': {
      post: {
        operationId: 'post-token',
        summary: 'Log in or refresh as OAuth 2.0 does',
        tags: ['token'],
        security: [{}],
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                required: ['grant_type'],
                properties: {
                  grant_type: { type: 'string', enum: ['password', 'refresh_token'] },
                  username: text,
                  password: { type: 'string', format: 'password' },
                  refresh_token: text,
                  client_id: text,
                },
              },
            },
          },
        },
        responses: {
          200: {
            description: 'Done',
            content: { 'application/json': { schema: tokenSchema } },
          },
          400: {
            description: '`invalid_grant` or `invalid_request`',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['error', 'error_description'],
                  properties: { error: text, error_description: text },
                },
              },
            },
          },
        },
      },
    },
  };
}

/** A pair of tokens in the words of OAuth. */
export const tokenSchema: Json = {
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'refresh_token'],
  properties: {
    access_token: text,
    token_type: { type: 'string', const: 'Bearer' },
    expires_in: { type: 'integer' },
    refresh_token: text,
  },
  additionalProperties: false,
};
