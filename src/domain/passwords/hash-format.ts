import { type ImportedFormat, PHPASS_ALPHABET } from '../../platform/crypto/imported-hashes.ts';
import { hashUnusable } from './problems.ts';

export type HashFormat = ImportedFormat;

/** Most work a foreign hash may ask for, so that an import cannot make every log-in take a minute. */
const CAPS = {
  bcryptCost: 14,
  argon2MemoryKib: 262_144,
  argon2Passes: 10,
  argon2Lanes: 8,
  phpassLog2: 16,
  pbkdf2Iterations: 2_000_000,
  /** N × r × p; 128 bytes of memory each. What OWASP asks for, N = 2^17 with r = 8. */
  scryptWork: 2 ** 20,
};

/** Base64 of salts, and of results: at least 16 bytes, so that a hash that was cut off is none; at most 64. */
const SALT = '[A-Za-z0-9+/.]{1,128}={0,2}';
const RESULT = '[A-Za-z0-9+/.]{22,86}={0,2}';

const shapes: Record<HashFormat, RegExp> = {
  argon2: new RegExp(
    `^\\$argon2(?:id|i|d)\\$(?:v=\\d+\\$)?m=(?<memory>\\d+),t=(?<passes>\\d+),p=(?<lanes>\\d+)\\$${SALT}\\$${RESULT}$`,
  ),
  bcrypt: /^\$2[abxy]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/,
  phpass: /^\$[PH]\$(?<cost>[./0-9A-Za-z])[./0-9A-Za-z]{30}$/,
  pbkdf2: new RegExp(
    `^(?:pbkdf2_sha(?:1|256|512)\\$(?<iterations>\\d+)\\$[^$]{1,128}\\$|\\$pbkdf2(?:-sha(?:1|256|512))?\\$(?:i=)?(?<rounds>\\d+)(?:,l=\\d+)?\\$${SALT}\\$)${RESULT}$`,
  ),
  scrypt: new RegExp(`^\\$scrypt\\$ln=(?<log2>\\d+),r=(?<blocks>\\d+),p=(?<lanes>\\d+)\\$${SALT}\\$${RESULT}$`),
  firebase: new RegExp(
    `^\\$firebase-scrypt\\$ln=(?<log2>\\d+),r=(?<blocks>\\d+)\\$${SALT}\\$${SALT}\\$${RESULT}\\$${RESULT}$`,
  ),
  digest: /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?::[^:]{1,64}(?::[01])?)?$/i,
};

/** What starts like this is nobody's password, and nothing we could ever verify: crypt, LDAP, Django, Flask, Magento's newer kinds. */
const foreign =
  /^\$(?:2[abxy]?|argon2\w*|[PH156]|[a-z0-9-]{1,16})\$|^\{\w+\}|^(?:argon2|bcrypt|bcrypt_sha256|pbkdf2_sha\d+|pbkdf2|scrypt|sha1|sha256|md5)[$:]|^[0-9a-f]{32,128}:/i;

const ours = /^\$(?:2[abxy]\$|argon2|[PH]\$|pbkdf2|scrypt\$|firebase)|^pbkdf2_sha(?:1|256|512)\$/;

/**
 * The format of a password hash made by another shop, or undefined for text that is no hash but a password.
 *
 * @throws {@link hashUnusable} for text that starts like a hash and cannot be verified, or would cost too much to.
 */
export function hashFormat(text: string): HashFormat | undefined {
  for (const format of formats) {
    const match = shapes[format].exec(text);
    if (!match) continue;
    if (isCostly(format, match.groups ?? {})) throw hashUnusable({ reason: 'costly' });
    return format;
  }
  if (foreign.test(text)) throw hashUnusable({ reason: ours.test(text) ? 'broken' : 'unknown' });
  return undefined;
}

const formats = ['argon2', 'bcrypt', 'phpass', 'pbkdf2', 'scrypt', 'firebase', 'digest'] as const;

function isCostly(format: HashFormat, found: Record<string, string | undefined>): boolean {
  const number = (name: string) => Number(found[name] ?? 0);
  switch (format) {
    case 'argon2':
      return (
        number('memory') > CAPS.argon2MemoryKib ||
        number('passes') > CAPS.argon2Passes ||
        number('lanes') > CAPS.argon2Lanes
      );
    case 'bcrypt':
      return number('cost') > CAPS.bcryptCost || number('cost') < 4;
    case 'phpass':
      return PHPASS_ALPHABET.indexOf(found['cost'] ?? '') > CAPS.phpassLog2;
    case 'pbkdf2':
      return number('iterations') + number('rounds') > CAPS.pbkdf2Iterations;
    case 'scrypt':
    case 'firebase': {
      const blocks = number('blocks') * 2 ** number('log2');
      return blocks * (number('lanes') || 1) > CAPS.scryptWork || number('log2') < 1 || number('blocks') < 1;
    }
    case 'digest':
      return false;
  }
}
