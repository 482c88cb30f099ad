import { problem } from '../../platform/problem.ts';
import type { PasswordPolicy } from './policy.ts';

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
export const passwordRefused = problem<
  { violations: readonly Violation[] } & Pick<PasswordPolicy, 'min' | 'max'> & Partial<PasswordPolicy>
>('passwords.refused', 422);

export const hashUnusable = problem<{ reason: 'unknown' | 'costly' | 'broken' }>('passwords.hash-unusable', 422);
