import { z } from 'zod';
import { problem } from '../../platform/problem.ts';

/** Somebody asked for customers in words that mean nothing. */
export const criteriaInvalid = problem<{ reason: string }>('campaigns.criteria-invalid', 422);

/**
 * `set` goes to customers without a password, `reset` to all, `confirm` to those whom an import brought with a password and
 * an address that is not confirmed.
 */
export type CampaignKind = 'set' | 'reset' | 'confirm';

const day = z.iso.date('must be a day such as 2026-12-31').optional();

const Filters = z.strictObject({
  state: z.enum(['invited', 'unverified', 'active'], 'must be invited, unverified or active').optional(),
  store: z.string().optional(),
  locale: z.string().optional(),
  /** `*` stands for anything: `*@example.org`. */
  email: z.string().optional(),
  /** As above: `DE--*`. */
  reference: z.string().optional(),
  'created-after': day,
  'created-before': day,
});
export type Filters = z.output<typeof Filters>;

export const filterNames = Object.keys(Filters.shape);

/** Who gets a campaign's mail. */
export interface Criteria {
  kind: CampaignKind;
  /** Only customers who have no open link. */
  noToken: boolean;
  filters: Filters;
}

/**
 * Filters from `name=value` words.
 *
 * @throws {@link criteriaInvalid} saying which filters there are.
 */
export function parseFilters(words: readonly string[]): Filters {
  const pairs = words.map((word) => {
    const at = word.indexOf('=');
    if (at < 1) throw criteriaInvalid({ reason: `"${word}" is no filter such as locale=de_DE.` });
    return [word.slice(0, at), word.slice(at + 1)] as const;
  });
  const parsed = Filters.safeParse(Object.fromEntries(pairs));
  if (!parsed.success)
    throw criteriaInvalid({
      reason: `${parsed.error.issues.map(sentenceOf).join('\n')}\nFilters are: ${filterNames.join(', ')}.`,
    });
  return parsed.data;
}

const sentenceOf = (issue: z.core.$ZodIssue) =>
  issue.code === 'unrecognized_keys'
    ? `There is no filter ${issue.keys.join(', ')}.`
    : `The filter ${issue.path.join('.')} ${issue.message}.`;
