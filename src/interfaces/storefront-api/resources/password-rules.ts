import { type Field, notBlank, passwordCharacters, passwordLength, text, unleaked } from '../rules.ts';
import { passwordsDiffer } from '../wire-problems.ts';

/** Rules that are checked with the other attributes, before the policy: docs/glue/passwords.md#password-rules. */
export const newPassword: Field<string> = unleaked(text(notBlank, passwordLength, passwordCharacters));

export const confirmedPassword: Field<string> = text(notBlank, passwordLength);

/** Throws {@link passwordsDiffer}, naming both fields, unless two fields have the same value. */
export function assertSame(fields: Record<string, string>): void {
  const [[first, one] = ['', ''], [second, other] = ['', '']] = Object.entries(fields);
  if (one !== other) throw passwordsDiffer({ first, second });
}
