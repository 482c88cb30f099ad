import type { MessageId, Translate } from './index.ts';

/** What is said of a password that a policy refuses, by what it breaks. */
const messages = {
  common: 'customer.password.error.deny_list',
  'common-word': 'customer.password.error.common_word',
  pattern: 'customer.password.error.pattern',
  personal: 'customer.password.error.personal',
  weak: 'customer.password.error.weak',
  breached: 'customer.password.error.breached',
  'too-short': 'customer.password.error.min_length',
  'too-long': 'customer.password.error.max_length',
  repeats: 'customer.password.error.sequence',
  characters: 'customer.password.error.character_set',
} as const satisfies Record<string, MessageId>;

type Kind = 'upper' | 'lower' | 'digit' | 'special';

/** The rules that a password is held against. */
interface Rules {
  min: number;
  max: number;
  /** Equal characters in a row. */
  repeats?: number | undefined;
  characters?: 'contract' | { readonly kinds: readonly Kind[]; readonly needed: number } | undefined;
}

/** What one violation means for who chose the password. */
export function passwordMistake(
  t: Translate,
  violation: keyof typeof messages,
  { min, max, repeats, characters }: Rules,
): string {
  if (violation === 'characters' && typeof characters === 'object')
    return t('customer.password.error.character_kinds', valuesOf(t, characters));
  return t(messages[violation], { min, max, repeats: repeats ?? 0 });
}

/** What is asked of a password, to be read before one is typed. */
export function passwordHint(t: Translate, { min, repeats, characters = 'contract' }: Rules): string {
  const hint =
    characters === 'contract'
      ? t('customer.password.hint.composed', { min })
      : characters.kinds.length > 0
        ? t('customer.password.hint.kinds', { min, ...valuesOf(t, characters) })
        : t('customer.password.hint', { min });
  return repeats === undefined ? hint : `${hint} ${t('customer.password.hint.repeats', { repeats })}`;
}

/** `needed` is 0 where each of the kinds is. */
const valuesOf = (t: Translate, { kinds, needed }: { kinds: readonly Kind[]; needed: number }) => ({
  needed: needed === kinds.length ? 0 : needed,
  kinds: kinds.map((kind) => t(`customer.password.kind.${kind}`)).join(', '),
});
