import { isCountry } from '../../domain/addresses/index.ts';
import { isDay, isEmail, Name, NAME_MAX } from '../../domain/customers/index.ts';
import { hasCharacters, normalizePassword, type PasswordPolicy, typedPattern } from '../../domain/passwords/index.ts';
import { isUuid } from '../../platform/id.ts';
import { member } from '../../platform/json.ts';
import { isBlank } from '../../platform/text.ts';
import { assume } from '../../platform/types.ts';

/** What a rule has against a value, in the words of the contract; undefined when nothing. Passwords depend on the shop's policy. */
export type Rule = ((value: unknown, policy: PasswordPolicy) => string | undefined) & {
  /** What it asks, in JSON Schema, for the documentation. */
  readonly schema?: Readonly<Record<string, unknown>>;
};

export interface Violation {
  field: string;
  message: string;
}

/** One attribute of a request body: its rules in the order of the contract, and its value once they hold. */
export interface Field<Value> {
  readonly optional: boolean;
  readonly rules: readonly Rule[];
  read(value: unknown): Value;
  /** JSON types that may be sent. */
  readonly types: readonly ('string' | 'boolean' | 'null')[];
  /** Whether it is a password that must not have been leaked; finding out takes a while, so the pipeline asks. */
  readonly unleaked?: boolean;
}

/** A rule, and what it asks in the words of JSON Schema. */
const rule = (schema: Record<string, unknown>, check: Rule): Rule => Object.assign(check, { schema });

export const LEAKED =
  'This password has been leaked in a data breach, it must not be used. Please use another password.';
const MISSING = 'This field is missing.';
const NOT_VALID = 'This value is not valid.';
const NOT_STRING = 'This value should be of type string.';

/** A text of at least this many characters. Null and the empty text: docs/glue/requests.md#errors. */
const onText =
  (check: (text: string) => string | undefined, skipEmpty = true): Rule =>
  (value) => {
    if (value === null || value === undefined || (skipEmpty && value === '')) return undefined;
    return typeof value === 'string' ? check(value) : NOT_STRING;
  };

export const notBlank: Rule = rule({ minLength: 1 }, (value) =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0)
    ? 'This value should not be blank.'
    : undefined,
);

/**
 * A text that can be seen. White space passes, as the contract has it (docs/glue/requests.md#errors), but not the zero-width
 * mark, which JavaScript counts among it.
 */
export const visible: Rule = onText((text) =>
  isBlank(text) && !/^[^\S\uFEFF]+$/.test(text) ? 'This value should not be blank.' : undefined,
);

/** A first or last name without characters of links and markup, as on the pages. Spaces pass: docs/glue/requests.md#errors. */
const namePattern: Rule = rule(
  { pattern: '^[^:/<>]+$' },
  onText((text) => {
    const name = [...text.trim()].slice(0, NAME_MAX).join('');
    return isBlank(name) || Name.safeParse(name).success ? undefined : NOT_VALID;
  }),
);

export const email: Rule = rule(
  { format: 'email' },
  onText((text) => (isEmail(text) ? undefined : 'This value is not a valid email address.')),
);

export const choice = (...options: readonly string[]): Rule =>
  rule({ enum: options }, (value) =>
    value === null || value === undefined || options.some((option) => option === value)
      ? undefined
      : 'The value you selected is not a valid choice.',
  );

export const atLeast = (length: number): Rule =>
  rule(
    { minLength: length },
    onText(
      (text) =>
        [...text].length < length ? `This value is too short. It should have ${length} characters or more.` : undefined,
      false,
    ),
  );

export const atMost = (length: number): Rule =>
  rule(
    { maxLength: length },
    onText((text) =>
      [...text].length > length ? `This value is too long. It should have ${length} characters or less.` : undefined,
    ),
  );

/** As long as the policy wants a password. */
export const passwordLength: Rule = rule({ format: 'password' }, (given, policy) => {
  const value = typeof given === 'string' ? normalizePassword(given) : given;
  return atLeast(policy.min)(value, policy) ?? atMost(policy.max)(value, policy);
});

/** Of the characters the policy wants, if it wants any in particular. */
export const passwordCharacters: Rule = (value, policy) =>
  policy.characters === 'contract' ? matches(typedPattern, CHARACTERS)(value, policy) : kinds(value, policy);

/** A country's code, as ISO 3166 has it. */
export const country: Rule = onText((text) =>
  [...text].length > 2 || (/^[a-z]{2}$/i.test(text) && isCountry(text.toUpperCase()))
    ? undefined
    : 'The value you selected is not a valid choice.',
);

const CHARACTERS =
  'Your password must include at least one uppercase letter, one lowercase letter, one number, and one special character from the following list: !@#$%^&*()_-+=[]{}|;:<>.,/?\\~. Non-Latin and other special characters are not allowed.';

const nouns = {
  upper: 'uppercase letter',
  lower: 'lowercase letter',
  digit: 'number',
  special: 'special character',
} as const;

const kinds: Rule = (value, policy) =>
  onText((text) => {
    const { characters } = policy;
    if (characters === 'contract' || hasCharacters(normalizePassword(text), policy)) return undefined;
    const each = characters.needed === characters.kinds.length ? 'each' : `at least ${characters.needed}`;
    return `Your password must include ${each} of the following: ${characters.kinds.map((kind) => nouns[kind]).join(', ')}.`;
  })(value, policy);

const matches = (pattern: RegExp, message: string): Rule =>
  onText((text) => (pattern.test(text) ? undefined : message));

export const isTrue: Rule = (value) =>
  value === null || value === true || value === 1 || value === '1' ? undefined : 'This value should be true.';

export const isBool: Rule = (value) =>
  value === null || typeof value === 'boolean' ? undefined : 'This value should be of type bool.';

export const uuid: Rule = rule(
  { format: 'uuid' },
  onText((text) => (isUuid(text) ? undefined : 'This is not a valid UUID.')),
);

export const day: Rule = rule(
  { format: 'date' },
  onText((text) => (isDay(text) ? undefined : 'This value is not a valid date.')),
);

/** A string, where no other rule says so. */
export const isString: Rule = onText(() => undefined);

/** Text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
const storable: Rule = (value) =>
  typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()) ? NOT_VALID : undefined;

/** A required string. */
export const text = (...rules: Rule[]): Field<string> => ({
  optional: false,
  rules,
  types: ['string'],
  read: (value) => (typeof value === 'string' ? value : ''),
});

/** A required first or last name. */
export const personName = text(notBlank, visible, atMost(NAME_MAX), namePattern);

/** A password that must not have been leaked, after its other rules. */
export const unleaked = <Value>(field: Field<Value>): Field<Value> => ({ ...field, unleaked: true });

/** A required flag that may be null. */
export const flag = (...rules: Rule[]): Field<boolean | null> => ({
  optional: false,
  rules,
  types: ['boolean', 'null'],
  read: (value) => (value === null ? null : Boolean(value)),
});

/** An attribute that need not be there; when it is, its rules hold. Undefined is absent, null was sent. */
export const optional = <Value>({
  rules,
  read,
  types,
  unleaked = false,
}: Field<Value>): Field<Value | null | undefined> => ({
  optional: true,
  unleaked,
  rules,
  types: rules.includes(notBlank) ? types : [...new Set([...types, 'null' as const])],
  read: (value) => (value === undefined ? undefined : value === null ? null : read(value)),
});

export type Fields = Record<string, Field<unknown>>;
export type Values<F extends Fields> = { [Name in keyof F]: F[Name] extends Field<infer Value> ? Value : never };

/** The attributes of an operation: their violations in field order, and their typed values. */
export interface Attributes<Value> {
  /** By name, for the documentation. */
  readonly fields: Fields;
  violations(given: object, policy: PasswordPolicy, leaked?: ReadonlySet<string>): Violation[];
  /** Passwords that were sent and must not have been leaked, by the names of their fields. */
  toLookUp(given: object): [field: string, password: string][];
  values(given: object): Value;
}

export function attributes<F extends Fields>(fields: F): Attributes<Values<F>> {
  const list = Object.entries(fields);
  return {
    fields,
    violations: (given, policy, leaked) =>
      list.flatMap(([field, { optional, rules }]) => {
        if (!Object.hasOwn(given, field)) return optional ? [] : [{ field, message: MISSING }];
        const messages = objections(member(given, field), rules, policy);
        return (leaked?.has(field) ? [...messages, LEAKED] : messages).map((message) => ({ field, message }));
      }),
    toLookUp: (given) =>
      list.flatMap(([name, field]): [string, string][] => {
        const value = field.unleaked ? member(given, name) : undefined;
        return typeof value === 'string' && value !== '' ? [[name, value]] : [];
      }),
    values: (given) =>
      assume<Values<F>>(Object.fromEntries(list.map(([name, field]) => [name, field.read(member(given, name))]))),
  };
}

function objections(value: unknown, rules: readonly Rule[], policy: PasswordPolicy): string[] {
  const unstorable = storable(value, policy);
  if (unstorable) return [unstorable];
  // A value of the wrong type breaks every string rule in the same words; once is enough.
  return [...new Set(rules.map((rule) => rule(value, policy)).filter((message) => message !== undefined))];
}
