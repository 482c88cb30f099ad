import { z } from 'zod';
import type { TokenPair } from '../../../domain/sign-in/index.ts';
import type { Item } from '../resource.ts';

/** Attributes of every resource that hands out tokens. */
export const TokenAttributes = z.object({
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().describe('Seconds the access token lives'),
  accessToken: z.string().describe('JWT, RS256'),
  refreshToken: z.string(),
});

/** Tokens as a resource object; they are not stored and have no id. */
export const tokenItem = (
  type: string,
  { accessToken, refreshToken, expiresIn }: TokenPair,
  more: object = {},
): Item => ({
  type,
  id: null,
  attributes: { tokenType: 'Bearer', expiresIn, accessToken, refreshToken, ...more },
});
