import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';
import { list } from './config-fields.ts';

export const characterKinds = ['upper', 'lower', 'digit', 'special'] as const;
export type CharacterKind = (typeof characterKinds)[number];

/** Longest password that is hashed whole, in characters. */
const LONGEST = 128;

const length = z.coerce.number().int().min(1).max(LONGEST).optional();

const isKind = (word: string): word is CharacterKind => characterKinds.some((kind) => kind === word);

const kinds = z.string().transform((text, { addIssue }): CharacterKind[] => {
  const words = text.split(',').map((word) => word.trim());
  if (words.length === 1 && words[0] === 'any') return [];
  if (!words.every(isKind)) addIssue(`must be any, or some of ${characterKinds.join(', ')}`);
  return words.filter(isKind);
});

/** Rules for passwords of customers, one by one. What is unset is as PASSWORD_POLICY has it. */
export const passwordSettings = {
  PASSWORD_MIN_LENGTH: length.describe('Least characters of a customer’s password. Unset: as PASSWORD_POLICY'),
  PASSWORD_MAX_LENGTH: length.describe('Most characters of a customer’s password. Unset: as PASSWORD_POLICY'),
  PASSWORD_CHARACTERS: kinds
    .optional()
    .describe(
      `Kinds of characters a customer’s password must have, comma-separated: ${characterKinds.join(', ')}; any: none in particular. Unset: as PASSWORD_POLICY`,
    ),
  PASSWORD_CHARACTER_KINDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(characterKinds.length)
    .optional()
    .describe('How many of the kinds in PASSWORD_CHARACTERS are enough. Unset: all of them'),
  PASSWORD_REPEATS: z.coerce
    .number()
    .int()
    .min(0)
    .max(LONGEST)
    .refine((repeats) => repeats !== 1, 'must be 0 for any number, or 2 or more')
    .optional()
    .describe('So many equal characters in a row are refused; 0: any number may stand. Unset: as PASSWORD_POLICY'),
  PASSWORD_DENY_LIST: list.describe(
    'Passwords of customers that are refused, in any letter case, comma-separated; besides the list of common ones',
  ),
  PASSWORD_DENY_LIST_FILE: z
    .string()
    .refine(isReadable, 'must be a file that can be read')
    .optional()
    .describe('The same, in a file with a password a line, read at start'),
};

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

type PasswordSettings = {
  [Name in keyof typeof passwordSettings]?: z.output<(typeof passwordSettings)[Name]> | undefined;
};

/** Rules that are in order each by itself, and that no password can keep together. */
export function passwordContradictions(
  {
    PASSWORD_MIN_LENGTH: min,
    PASSWORD_MAX_LENGTH: max,
    PASSWORD_CHARACTERS: kinds,
    PASSWORD_CHARACTER_KINDS: needed,
  }: PasswordSettings,
  leastOfPreset: number,
): string[] {
  const mistakes: string[] = [];
  if (max !== undefined && (min ?? leastOfPreset) > max)
    mistakes.push(`PASSWORD_MAX_LENGTH: must not be below the least length, which is ${min ?? leastOfPreset}`);
  if (needed !== undefined && needed > (kinds?.length ?? 0))
    mistakes.push('PASSWORD_CHARACTER_KINDS: must not be more than PASSWORD_CHARACTERS names');
  return mistakes;
}
