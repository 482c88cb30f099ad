import type { Config } from '../../platform/config.ts';
import type { CharacterKind } from '../../platform/config-passwords.ts';

/** What a password must be. Lengths count characters, not bytes. */
export interface PasswordPolicy {
  readonly min: number;
  readonly max: number;
  /**
   * Which kinds of characters must occur: those of the contract below, and no others; or so many of some kinds, whatever stands
   * beside them.
   */
  readonly characters: 'contract' | { readonly kinds: readonly CharacterKind[]; readonly needed: number };
  /** So many equal characters in a row are refused; undefined: any number may stand. */
  readonly repeats?: number;
  /** Whether passwords are refused that attackers guess early: decorated words, patterns, names, low estimates. */
  readonly resistsGuessing: boolean;
}

const ANY = { kinds: [], needed: 0 } as const;

type Preset = Config['PASSWORD_POLICY'];

/**
 * `classic` has the rules of the reference product, which its clients count on. `strong` asks for no kinds of characters
 * but for passwords that are not guessed early; its length stays that of the contract, so that forms of clients fit.
 * `nist` asks for the length that NIST SP 800-63B-4 (3.1.1.2) wants where a password is the only factor.
 */
const presets: Record<Preset, PasswordPolicy> = {
  classic: { min: 12, max: 128, characters: 'contract', repeats: 3, resistsGuessing: false },
  strong: { min: 12, max: 128, characters: ANY, resistsGuessing: true },
  nist: { min: 15, max: 128, characters: ANY, resistsGuessing: true },
};

/** The policy for customers: what the preset has, and what single settings put in its place. */
export function policyOf(config: Pick<Config, 'PASSWORD_POLICY'> & Partial<Config>): PasswordPolicy {
  const { repeats, ...preset } = presets[config.PASSWORD_POLICY];
  const kinds = config.PASSWORD_CHARACTERS;
  const most = config.PASSWORD_REPEATS ?? repeats;
  return {
    ...preset,
    min: config.PASSWORD_MIN_LENGTH ?? preset.min,
    max: config.PASSWORD_MAX_LENGTH ?? preset.max,
    characters: kinds ? { kinds, needed: config.PASSWORD_CHARACTER_KINDS ?? kinds.length } : preset.characters,
    ...(most ? { repeats: most } : {}),
  };
}

export const staffPolicy = ({ STAFF_PASSWORD_POLICY }: Pick<Config, 'STAFF_PASSWORD_POLICY'>): PasswordPolicy =>
  presets[STAFF_PASSWORD_POLICY];

/** What the contract checks an API request against under `classic`. */
export const typedPattern =
  /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[!@#$%^&*()_\-=+[\]{}|;:<>.,/?\\~])[A-Za-z\d!@#$%^&*()_\-=+[\]{}|;:<>.,/?\\~]+$/;

/** What the reference product checks besides: a backslash is refused. */
const storedPattern =
  /^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[*.!@#$%^&(){}:;[\]<>,.?/~_+\-=|])[a-zA-Z0-9*.!@#$%^& (){}:;[\]<>,.?/~_+\-=|]*$/;

/** What a character of a kind is, in any script; a blank is none of them. */
const kindPatterns: Record<CharacterKind, RegExp> = {
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  digit: /\p{Nd}/u,
  special: /[^\p{L}\p{M}\p{N}\s]/u,
};

/** Whether a password has the kinds of characters that a policy asks for, on pages as over the API. */
export function hasCharacters(password: string, { characters }: Pick<PasswordPolicy, 'characters'>): boolean {
  if (characters === 'contract') return typedPattern.test(password) && storedPattern.test(password);
  return characters.kinds.filter((kind) => kindPatterns[kind].test(password)).length >= characters.needed;
}
