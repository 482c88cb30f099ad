import { problem } from '../../platform/problem.ts';

export type Violation =
  | 'common'
  | 'too-short'
  | 'too-long'
  | 'repeats'
  | 'characters'
  | 'personal'
  | 'common-word'
  | 'pattern'
  | 'weak'
  | 'breached';

/** Everything that is wrong with the new password, in the order it was found. */
export const passwordRefused = problem<{ violations: readonly Violation[]; min: number; max: number }>(
  'passwords.refused',
  422,
);

export const hashUnusable = problem<{ reason: 'unknown' | 'costly' | 'broken' }>('passwords.hash-unusable', 422);
