import type { Config } from '../../platform/config.ts';

/** What a password must be. Lengths count characters, not bytes. */
export interface PasswordPolicy {
  readonly min: number;
  readonly max: number;
  /** Whether every kind of character below must occur, and no other. */
  readonly composed: boolean;
  /** So many equal characters in a row are refused; undefined: any number may stand. */
  readonly repeats?: number;
  /** Whether passwords are refused that attackers guess early: decorated words, patterns, names, low estimates. */
  readonly resistsGuessing: boolean;
}

type Preset = Config['PASSWORD_POLICY'];

/**
 * `classic` has the rules of the reference product, which its clients count on. `strong` asks for no kinds of characters
 * but for passwords that are not guessed early; its length stays that of the contract, so that forms of clients fit.
 * `nist` asks for the length that NIST SP 800-63B-4 (3.1.1.2) wants where a password is the only factor.
 */
const presets: Record<Preset, PasswordPolicy> = {
  classic: { min: 12, max: 128, composed: true, repeats: 3, resistsGuessing: false },
  strong: { min: 12, max: 128, composed: false, resistsGuessing: true },
  nist: { min: 15, max: 128, composed: false, resistsGuessing: true },
};

export const policyOf = ({ PASSWORD_POLICY }: Pick<Config, 'PASSWORD_POLICY'>): PasswordPolicy =>
  presets[PASSWORD_POLICY];

export const staffPolicy = ({ STAFF_PASSWORD_POLICY }: Pick<Config, 'STAFF_PASSWORD_POLICY'>): PasswordPolicy =>
  presets[STAFF_PASSWORD_POLICY];

/** What the contract checks an API request against under `classic`. */
export const typedPattern =
  /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[!@#$%^&*()_\-=+[\]{}|;:<>.,/?\\~])[A-Za-z\d!@#$%^&*()_\-=+[\]{}|;:<>.,/?\\~]+$/;

/** What the reference product checks besides: a backslash is refused. */
const storedPattern =
  /^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[*.!@#$%^&(){}:;[\]<>,.?/~_+\-=|])[a-zA-Z0-9*.!@#$%^& (){}:;[\]<>,.?/~_+\-=|]*$/;

/** Whether a password has every kind of character and no other, on pages as over the API. */
export const isComposed = (password: string): boolean => typedPattern.test(password) && storedPattern.test(password);
