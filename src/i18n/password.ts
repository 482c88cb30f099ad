import type { MessageId } from './index.ts';

/** What is said of a password that a policy refuses, by what it breaks. They know `min` and `max`. */
export const passwordMessages = {
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
