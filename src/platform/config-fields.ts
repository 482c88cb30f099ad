import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { databaseUrlMistake } from './database/address.ts';

/** A whole number of seconds. */
export const seconds = (value: number) => z.coerce.number().int().positive().default(value);
export const count = (value: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().positive().max(max).default(value);
/** 0 means none. */
export const countOrNone = (value: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(0).max(max).default(value);
export const flag = z.stringbool();

/** A PostgreSQL address, with one host or several. */
export const databaseUrl = z
  .string()
  .superRefine((url, { addIssue }) => {
    const mistake = databaseUrlMistake(url);
    if (mistake) addIssue(mistake);
  })
  .optional();

/** A page that people are sent to: never `javascript:` and its like. */
export const webAddress = z.url({ protocol: /^https?$/ }).optional();

/** A comma-separated list. */
export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
  );

/** Path prefixes and host names. */
export const places = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .map((entry) => (entry.startsWith('/') ? entry.replace(/(?<=.)\/+$/, '') : entry.toLowerCase()))
        .filter(Boolean),
    )
    .refine(
      (entries) => entries.every((entry) => /^(?:\/[\w.-]+)+$|^[\w-]+(?:\.[\w-]+)*(?::\d+)?$/.test(entry)),
      'must be path prefixes such as /glue-storefront or host names, comma-separated',
    );

const isOrigin = (entry: string) => URL.canParse(entry) && new URL(entry).origin === entry;

/** Origins of browsers that may read answers: one, several, `*` for all, or empty for none. */
export const origins = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine(
      (text) => text === '' || text === '*' || text.split(',').every((entry) => isOrigin(entry.trim())),
      'must be * or origins such as https://shop.example, without a path, separated by commas',
    );

const toContact = (entry: string) => (/^[^\s:/@]+@[^\s:/@]+$/.test(entry) ? `mailto:${entry}` : entry);

/** Contacts of a security.txt, as URIs (RFC 9116, 2.5.3). */
export const contacts = list
  .transform((entries) => entries.map(toContact))
  .refine(
    // Printable ASCII without blanks: an entry must stay on its line.
    (entries) => entries.every((entry) => /^(?:mailto:|tel:|https:\/\/)[!-~]+$/.test(entry) && URL.canParse(entry)),
    'must be email addresses, mailto:, tel: or https addresses, comma-separated',
  );

/** Origin of an entry of REDIRECT_HOSTS; undefined where it is none, a pattern or more than an origin. */
function toOrigin(entry: string): string | undefined {
  const text = entry.includes('://') ? entry : `https://${entry}`;
  const url = URL.parse(text);
  const isBare = url && /^https?:$/.test(url.protocol) && !/[*@?#]/.test(text) && /^\w+:\/\/[^/]+$/.test(text);
  return isBare ? url.origin : undefined;
}

/** Host names with or without a port, or origins; read as origins. */
export const redirectHosts = list
  .refine(
    (entries) => entries.every(toOrigin),
    'must be host names such as shop.example or shop.example:8443, comma-separated, without wildcards and paths',
  )
  .transform((entries) => entries.flatMap((entry) => toOrigin(entry) ?? []));

export const isRange = (entry: string) => (entry.includes('/') ? ipaddr.isValidCIDR(entry) : ipaddr.isValid(entry));

/** Says what a value has to be where the schema has no words of its own. */
export function plainMistake(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be a ${issue.expected}`;
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL of the kind that `clientele config` describes' : undefined;
    default:
      return undefined;
  }
}
