import { text } from 'node:stream/consumers';
import { passwordRefused } from '../../domain/passwords/index.ts';
import { translator } from '../../i18n/index.ts';
import { passwordMistake } from '../../i18n/password.ts';

const t = translator('en');

/** Why a password is refused, in sentences; undefined if something else was thrown. */
export function passwordSentence(error: unknown): string | undefined {
  if (!passwordRefused.is(error)) return undefined;
  const sentences = error.details.violations.map((violation) => passwordMistake(t, violation, error.details));
  return `The password will not do. ${sentences.join(' ')}`;
}

/** The password on standard input, without the line break behind it. */
export const passwordFromInput = async (): Promise<string> => (await text(process.stdin)).replace(/\r?\n$/, '');
