import { parseArgs } from 'node:util';
import { assume } from '../../platform/types.ts';
import type { Call, Option } from './command.ts';
import { didYouMean } from './did-you-mean.ts';

interface Expected<O> {
  name: string;
  options?: O | undefined;
  /** What stands behind the options: `NAME`, `[ENTITY]`, `[CONTENT…]`. */
  usage?: string | undefined;
}

/** The typed options and arguments of a command line, or a sentence that says what is wrong with it. */
export function parseCall<O extends Record<string, Option>>(
  { name, options, usage = '' }: Expected<O>,
  args: readonly string[],
): Call<O> | string {
  const known: Record<string, Option> = options ?? {};
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(known).map(([option, definition]) => [option, forNode(definition)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    const mistake = token.kind === 'option' && mistakeOf(token, known, name);
    if (mistake) return mistake;
  }
  const surplus = positionals.slice(wordsOf(usage));
  if (surplus.length > 0) return surplusSentence(name, usage, surplus);
  const complete = Object.fromEntries(
    Object.entries(known).map(([option, { type, multiple }]) => [
      option,
      values[option] ?? (type === 'boolean' ? false : multiple ? [] : undefined),
    ]),
  );
  return { options: assume<Call<O>['options']>(complete), words: positionals };
}

/** Node takes no property that is undefined. */
const forNode = ({ type, short, multiple, default: fallback }: Option) => ({
  type,
  ...(short ? { short } : {}),
  ...(multiple ? { multiple } : {}),
  ...(fallback === undefined ? {} : { default: fallback }),
});

interface Given {
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

function mistakeOf({ name, rawName, value, inlineValue }: Given, known: Record<string, Option>, command: string) {
  const option = known[name];
  if (!option)
    return `There is no option ${rawName} of ${command}.${didYouMean(
      rawName,
      Object.keys(known).map((each) => `--${each}`),
    )}`;
  if (option.type === 'boolean') return value === undefined ? undefined : `${rawName} takes no value.`;
  // `--store --dry-run`: the value was forgotten. One that begins with a dash is written with `=`.
  const isMissing = value === undefined || (!inlineValue && value.startsWith('-') && value !== '-');
  return isMissing ? `${rawName} needs a value: --${name}=${option.value ?? 'VALUE'}.` : undefined;
}

/** How many arguments a usage names; one that ends in `…` takes any number. */
const wordsOf = (usage: string) => (usage.includes('…') ? Infinity : usage.split(' ').filter(Boolean).length);

function surplusSentence(name: string, usage: string, surplus: readonly string[]): string {
  const taken = usage === '' ? 'no arguments' : `only ${usage}`;
  const list = surplus.map((word) => `"${word}"`).join(' ');
  return `${name} takes ${taken}; ${list} ${surplus.length === 1 ? 'is' : 'are'} too much.`;
}
