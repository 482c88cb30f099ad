import type { z } from 'zod';

/**
 * What is wrong with the options of a call, a line each: `--locales: must look like de_DE`.
 *
 * @param names what a property is called on the command line, where that is not its own name: `{ name: 'NAME' }`.
 */
export function explainOptions(error: z.ZodError, names: Record<string, string> = {}): string {
  const lines = error.issues.map(({ path: [property = '', member], message }) => {
    const name = String(property);
    const what = typeof member === 'string' ? `${member} ${message}` : message;
    return `${names[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`}: ${what}`;
  });
  return [...new Set(lines)].join('\n');
}
