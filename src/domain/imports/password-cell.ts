import { hashFormat, hashUnusable } from '../passwords/index.ts';
import { isLonger } from '../../platform/text.ts';
import type { RowProblem } from './importer.ts';

/** What a row says of a password, and the name under which reports count it. */
export interface PasswordCell {
  kind: string;
  /** Null where there is none, and until a plain one is hashed. */
  hash: string | null;
  plain?: string;
  problem?: RowProblem;
}

/** Longest hash that is understood, with room. */
const HASH_MAX = 1024;
/** Longest password that customers may choose. */
const PLAIN_MAX = 128;

const NONE: PasswordCell = { kind: 'none', hash: null };

/**
 * Reads the password of a row: a hash in `password`, or the password itself in `password_plain`.
 *
 * Text that is no known hash is never taken for a password, unless `plainAllowed` says that `password` has plain ones: who
 * holds an old dump would sign in with `NULL` or with a hash that was cut off.
 */
export function readPassword(cell: string, plainCell: string, plainAllowed: boolean): PasswordCell {
  if (plainCell === '') return readHash(cell, plainAllowed);
  const plain = readPlain('password_plain', plainCell);
  if (plain.kind === 'none') return readHash(cell, plainAllowed);
  return readHash(cell, plainAllowed).kind === 'none'
    ? plain
    : refused('password_plain', 'stands beside a password that the column password has');
}

function readHash(cell: string, plainAllowed: boolean): PasswordCell {
  const text = withoutBlanks(cell);
  if (isNoPassword(text)) return NONE;
  const found = hashIn(text);
  if (typeof found === 'object') return refused('password', found.problem);
  if (found) return { kind: found, hash: text };
  if (plainAllowed) return readPlain('password', cell);
  if (text.startsWith('!')) return NONE;
  const name = nameOf(text);
  return refused(
    'password',
    name
      ? `is a hash of a kind we cannot verify (${name})`
      : 'is no known hash; passwords in plain text need --plain-passwords or a column password_plain',
  );
}

function readPlain(column: string, cell: string): PasswordCell {
  const text = withoutBlanks(cell);
  if (isNoPassword(text)) return NONE;
  const unquoted = /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text.replace(/^!+/, '');
  const isHash = (value: string) => hashIn(value) !== undefined || nameOf(value) !== undefined;
  if (isHash(text) || isHash(unquoted)) return refused(column, 'is a hash, no password in plain text');
  return isLonger(cell, PLAIN_MAX)
    ? refused(column, `is longer than ${PLAIN_MAX} characters`)
    : { kind: 'plain', hash: null, plain: cell };
}

const refused = (column: string, problem: string): PasswordCell => ({
  kind: 'refused',
  hash: null,
  problem: { column, problem },
});

/** The kind of a hash that can be verified, or what is wrong with one that cannot; undefined for anything else. */
function hashIn(text: string): string | { problem: string } | undefined {
  if (text.length > HASH_MAX) return { problem: 'is longer than any known hash' };
  try {
    const format = hashFormat(text);
    return format && kindOf(format, text);
  } catch (error) {
    if (!hashUnusable.is(error)) throw error;
    const reasons = {
      unknown: 'is a hash of a kind we cannot verify',
      costly: 'is a hash that would take too long to verify',
      broken: 'is a hash that is cut off or damaged',
    };
    return { problem: `${reasons[error.details.reason]} (${nameOf(text) ?? 'unknown'})` };
  }
}

const digests = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
  [128, 'sha512'],
]);

function kindOf(format: string, text: string): string {
  if (format === 'argon2') return text.slice(1, text.indexOf('$', 1));
  if (format !== 'digest') return format;
  const colon = text.indexOf(':');
  const digest = digests.get(colon < 0 ? text.length : colon) ?? 'digest';
  return colon < 0 ? digest : `${digest}:salt`;
}

/** Kinds by how their hashes begin. Only these names are printed, never a part of a cell. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^\$2[abxy]?\$/, 'bcrypt'],
  [/^\$argon2/, 'argon2'],
  [/^\$[PH]\$/, 'PHPass'],
  [/^\$S\$/, 'Drupal SHA-512'],
  [/^\$1\$/, 'MD5 crypt'],
  [/^\$apr1\$/, 'Apache MD5'],
  [/^\$5\$/, 'SHA-256 crypt'],
  [/^\$6\$/, 'SHA-512 crypt'],
  [/^\$g?y\$/, 'yescrypt'],
  [/^\$7\$/, 'scrypt crypt'],
  [/^\$sha1\$/, 'SHA-1 crypt'],
  [/^\$?firebase-scrypt\$/, 'Firebase'],
  [/^\$?scrypt[$:]/, 'scrypt'],
  [/^\$?pbkdf2/, 'PBKDF2'],
  [/^bcrypt(?:_sha256)?\$/, 'Django bcrypt'],
  [/^argon2\$/, 'Django argon2'],
  [/^(?:sha1|sha256|md5)[$:]/, 'Django digest'],
  [/^\{noop\}/i, 'Spring noop'],
  [/^\{bcrypt\}/i, 'Spring bcrypt'],
  [/^\{(?:S?SHA(?:1|224|256|384|512)?|S?MD5)(?:\.\w{3,6})?\}/i, 'LDAP digest'],
  [/^\{(?:CRYPT|PBKDF2|ARGON2|CLEARTEXT|PLAIN)[\w-]*\}/i, 'LDAP scheme'],
  [/^\{[\w.-]+\}/, 'scheme in braces'],
  [/^\*[0-9a-f]{40}$/i, 'MySQL'],
  [/^0x[0-9a-f]{16,}$/i, 'SQL Server'],
  [/^[0-9a-f]{16}$|^[0-9a-f]{20,}(?::|$)/i, 'digest of an unusual length'],
  [/^(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/, 'digest in Base64'],
  [/^\$[\w-]{1,16}\$/, 'modular crypt'],
];

const nameOf = (text: string): string | undefined => names.find(([shape]) => shape.test(text))?.[1];

/** What databases, spreadsheets, scripting languages and shadow files write where there is no password. */
const noPassword = new Set(
  `null \\n \\0 none nil nan na n/a n.a. #n/a undefined empty blank unset false 0 x * ** *lk* *np* ! !! - -- --- – — . .. ? _`.split(
    ' ',
  ),
);

/** Also in brackets or quotes: `(null)`, `<NULL>`, `"None"`. */
function isNoPassword(text: string): boolean {
  if (text.length > 16) return false;
  const bare = text.toLowerCase();
  const inner = withoutBlanks(
    /^(?:\((.*)\)|<(.*)>|\[(.*)\]|\{(.*)\}|"(.*)"|'(.*)')$/s
      .exec(bare)
      ?.slice(1)
      .find((part) => part !== undefined) ?? bare,
  );
  return inner === '' || noPassword.has(bare) || noPassword.has(inner);
}

/** Blanks of any kind, with those that have no width, and controls. */
const blanks = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu;

/** Cut off where no hash is longer, as looking for blanks in a long text takes its time. */
function withoutBlanks(text: string): string {
  const isPlain = (code: number) => code > 0x20 && code < 0x7f;
  // Most cells begin and end with a visible character of ASCII.
  if (isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(text.length - 1))) return text;
  return text.slice(0, 2 * HASH_MAX).replaceAll(blanks, '');
}
