import type { Config } from '../../platform/config.ts';

/** What a password must be. Lengths count characters, not bytes. */
export interface PasswordPolicy {
  readonly min: number;
  readonly max: number;
  /** Whether every kind of character below must occur, and no other. */
  readonly composed: boolean;
  /** So many equal characters in a row are refused; undefined: any number may stand. */
  readonly repeats?: number;
  /** Accepted whatever else holds. */
  readonly allow: readonly string[];
  /** Whether a strength estimate below `STRENGTH` of 4 refuses. */
  readonly estimated: boolean;
}

const presets: Record<Config['PASSWORD_POLICY'], PasswordPolicy> = {
  classic: { min: 12, max: 128, composed: true, repeats: 3, allow: ['change123'], estimated: false },
  nist: { min: 15, max: 128, composed: false, allow: [], estimated: true },
};

export const policyOf = ({ PASSWORD_POLICY }: Pick<Config, 'PASSWORD_POLICY'>): PasswordPolicy =>
  presets[PASSWORD_POLICY];

/** What forms and API requests are checked against under `classic`. */
export const typedPattern =
  /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[!@#$%^&*()_\-=+[\]{}|;:<>.,/?\\~])[A-Za-z\d!@#$%^&*()_\-=+[\]{}|;:<>.,/?\\~]+$/;

/** What the server checks besides: blanks may stand, a backslash may not. Both lists are the reference product's. */
export const storedPattern =
  /^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[*.!@#$%^&(){}:;[\]<>,.?/~_+\-=|])[a-zA-Z0-9*.!@#$%^& (){}:;[\]<>,.?/~_+\-=|]*$/;
