import { isUuid, newId } from '../../platform/id.ts';
import { isLonger } from '../../platform/text.ts';
import {
  drawReferences,
  emailKey,
  genders,
  isDay,
  isEmail,
  normalizeEmail,
  referencePattern,
  salutations,
} from '../customers/index.ts';
import { giveOrders, holdOwners } from '../orders/index.ts';
import { hashKind, noteHashKinds } from '../passwords/index.ts';
import { chooseStore } from '../stores/index.ts';
import { hashesByReference, importedCustomer, mergeCustomers, takenReferences } from './customer-queries.ts';
import { flagOf, type Importer, type Load, type Refused, type Row, type RowProblem, type Staged } from './importer.ts';
import { cellText, isNoValue } from '../../platform/import/no-value.ts';
import { type PasswordCell, readPassword } from './password-cell.ts';

/** Columns of the staging table, in the order `stage` returns their values. */
const columns = [
  'id',
  'reference',
  'email',
  'email_key',
  'salutation',
  'first_name',
  'last_name',
  'company',
  'gender',
  'date_of_birth',
  'phone',
  'locale',
  'store',
  'newsletter',
  'password_hash',
  'verified_at',
  'created_at',
  'locked_at',
] as const;

const at = (name: (typeof columns)[number]) => columns.indexOf(name);

/** `customer.csv` of the reference product, unchanged, and a few columns more. */
export const customerImporter: Importer = {
  entity: 'customer',
  summary: 'customers with their passwords',
  columns: [
    {
      name: 'customer_reference',
      required: true,
      help: 'key of the row; ends in digits; raises the counter of references',
    },
    { name: 'email', required: true, help: 'unique in any letter case' },
    { name: 'locale_name', help: 'de_DE; empty: the first locale of the default store' },
    { name: 'phone', help: 'up to 255 characters' },
    { name: 'salutation', help: salutations.join(', ') },
    { name: 'first_name', help: 'up to 100 characters' },
    { name: 'last_name', help: 'up to 100 characters' },
    { name: 'company', help: 'up to 100 characters' },
    { name: 'gender', help: genders.join(', ') },
    { name: 'date_of_birth', help: 'YYYY-MM-DD' },
    {
      name: 'password',
      help: 'a hash (bcrypt, argon2, PHPass, PBKDF2, scrypt, Firebase, salted or bare digests); empty, NULL, * and the like: none yet',
    },
    { name: 'registered', help: 'YYYY-MM-DD when the address was confirmed; empty: not yet' },
    { name: 'uuid', help: 'kept as the identifier' },
    { name: 'store', help: 'DE; where the account was opened' },
    { name: 'newsletter', help: 'true or false' },
    { name: 'created_at', help: 'YYYY-MM-DD, or with a time' },
    { name: 'locked', help: 'YYYY-MM-DD, or with a time, when the account was locked; empty: it is not' },
    { name: 'password_plain', help: 'the password itself, instead of a hash' },
  ],
  references: 'customer_reference',

  begin(app, runId, present, rules): Load {
    const hasPasswords = present.has('password') || present.has('password_plain');
    const newReferences = new Map<string, string>();
    // Of the first chunk nothing is expected, so that a file that comes again causes no error.
    let expectsNew = false;
    const hashKinds = new Set<string>();
    return {
      staging: {
        table: 'import_customer',
        definition: `line bigint, id uuid, ${columns
          .slice(1)
          .map((name) => `${name} ${typeOf(name)}`)
          .join(', ')}`,
        columns: ['line', ...columns],
      },
      unique: [
        { at: at('reference'), column: 'customer_reference' },
        { at: at('email_key'), column: 'email' },
        ...(present.has('uuid') ? [{ at: at('id'), column: 'uuid' }] : []),
      ],
      key: 0,
      passwords: { at: at('password_hash'), stored: hashesByReference },
      stage(row) {
        const staged = read(row, rules.plainPasswords, hasPasswords);
        const kind = 'values' in staged ? hashKind(staged.values[at('password_hash')] ?? '') : undefined;
        if (kind) hashKinds.add(kind.prefix);
        return staged;
      },
      async prepare(db, keys) {
        newReferences.clear();
        if (!rules.newReferences) return;
        const taken = await takenReferences(db, keys);
        const { name } = await chooseStore(app, undefined);
        // A dry run draws no numbers, as they would be lost.
        const drawn = rules.dryRun
          ? taken.map((reference) => `new reference for ${reference}`)
          : await drawReferences(db, referencePattern(app, name), taken.length);
        for (const [at, reference] of taken.entries()) newReferences.set(reference, drawn[at] ?? '');
      },
      async merge(db) {
        await noteHashKinds(db, [...hashKinds], app.now());
        const { locales } = await chooseStore(app, undefined);
        const locale = locales[0] ?? 'en_US';
        const mayRename = rules.newReferences;
        const merge = { runId, present, now: app.now(), locale, mayRename, expectsNew, newReferences };
        const { wereNew, ...merged } = await mergeCustomers({ ...app, db }, merge);
        expectsNew = wereNew;
        return merged;
      },
      async finish(db) {
        await holdOwners(db, 'exclusive');
        await giveOrders(db, importedCustomer);
      },
    };
  },
};

const typeOf = (name: string) =>
  ({
    date_of_birth: 'date',
    newsletter: 'boolean',
    verified_at: 'timestamptz',
    created_at: 'timestamptz',
    locked_at: 'timestamptz',
  })[name] ?? 'text';

/** The values of a row, or what is wrong with it. `password` is one in plain text, still to be hashed. */
function read(row: Row, plainPasswords: boolean, hasPasswords: boolean): Staged | Refused {
  const problems: RowProblem[] = [];
  const cell = (column: string) => cellText(row(column));
  const complain = (column: string, problem: string) => void problems.push({ column, problem });
  const short = (column: string, max: number) => {
    const text = cell(column);
    if (isLonger(text, max)) complain(column, `is longer than ${max} characters`);
    return text || null;
  };
  const oneOf = (column: string, options: readonly string[]) => {
    const text = cell(column);
    if (options.includes(text)) return text;
    if (isNoValue(text)) return null;
    if (text) complain(column, `is none of ${options.join(', ')}`);
    return text || null;
  };
  const moment = (column: string, timed: boolean) => {
    const text = cell(column);
    if (isNoValue(text)) return null;
    if (text && !(isDay(text.slice(0, 10)) && (timed ? timeOfDay : /^$/).test(text.slice(10))))
      complain(
        column,
        timed ? 'is no date such as 2024-01-31 or 2024-01-31 12:30:00' : 'is no date such as 2024-01-31',
      );
    return text ? (timed && text.length === 10 ? `${text} 00:00:00Z` : text) : null;
  };

  const reference = cell('customer_reference');
  if (!reference) complain('customer_reference', 'is empty');
  else if (isLonger(reference, 255)) complain('customer_reference', 'is longer than 255 characters');
  else if (!/\d$/.test(reference)) complain('customer_reference', 'does not end in digits');

  const email = cell('email');
  if (!email) complain('email', 'is empty');
  else if (isLonger(email, 255)) complain('email', 'is longer than 255 characters');
  else if (!isEmail(email)) complain('email', 'is no e-mail address');

  const locale = cell('locale_name');
  if (locale && !/^[a-z]{2}_[A-Z]{2}$/.test(locale)) complain('locale_name', 'is no locale such as de_DE');
  const uuid = cell('uuid');
  if (uuid && !isUuid(uuid)) complain('uuid', 'is no UUID');
  const newsletter = flagOf(cell('newsletter'));
  if (newsletter === undefined) complain('newsletter', 'is neither true nor false');
  const password: Partial<PasswordCell> = hasPasswords
    ? readPassword(row('password'), row('password_plain'), plainPasswords)
    : {};
  if (password.problem) problems.push(password.problem);

  const values = [
    uuid ? uuid.toLowerCase() : newId(),
    reference,
    normalizeEmail(email),
    emailKey(email),
    oneOf('salutation', salutations),
    short('first_name', 100),
    short('last_name', 100),
    short('company', 100),
    oneOf('gender', genders),
    moment('date_of_birth', false),
    short('phone', 255),
    locale || null,
    short('store', 10),
    String(newsletter ?? false),
    password.hash ?? null,
    moment('registered', true),
    moment('created_at', true),
    moment('locked', true),
  ];
  const counted = password.kind === undefined ? {} : { passwordKind: password.kind };
  if (problems.length > 0) return { problems, ...counted };
  return { values, ...counted, ...(password.plain === undefined ? {} : { password: password.plain }) };
}

const timeOfDay = /^(?:[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)?)?$/;
