import { hashUnusable } from './problems.ts';

export type HashFormat = 'argon2' | 'bcrypt' | 'phpass' | 'pbkdf2' | 'scrypt' | 'firebase' | 'digest';

/** Most work a foreign hash may ask for, so that an import cannot make every log-in take a minute. */
const CAPS = {
  bcryptCost: 14,
  argon2MemoryKib: 262_144,
  argon2Passes: 10,
  argon2Lanes: 8,
  phpassLog2: 16,
  pbkdf2Iterations: 2_000_000,
  scryptLog2: 17,
  scryptBlocks: 32,
  scryptLanes: 8,
};

const shapes: Record<HashFormat, RegExp> = {
  argon2:
    /^\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=(?<memory>\d+),t=(?<passes>\d+),p=(?<lanes>\d+)\$[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]+=*$/,
  bcrypt: /^\$2[abxy]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/,
  phpass: /^\$[PH]\$(?<cost>[./0-9A-Za-z])[./0-9A-Za-z]{30}$/,
  pbkdf2:
    /^(?:pbkdf2_sha(?:1|256|512)\$(?<iterations>\d+)\$[^$]+\$|\$pbkdf2(?:-sha(?:1|256|512))?\$(?:i=)?(?<rounds>\d+)(?:,l=\d+)?\$[A-Za-z0-9+/.]+={0,2}\$)[A-Za-z0-9+/.]+={0,2}$/,
  scrypt: /^\$scrypt\$ln=(?<log2>\d+),r=(?<blocks>\d+),p=(?<lanes>\d+)\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]+={0,2}$/,
  firebase:
    /^\$firebase-scrypt\$ln=(?<log2>\d+),r=(?<blocks>\d+)\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]+={0,2}$/,
  digest: /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?::[^:]{1,64}(?::[01])?)?$/i,
};

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
  // $2y$, $argon2id$, $6$ …: nobody's password, and nothing we could ever verify.
  if (/^\$(?:2[abxy]?|argon2\w*|[PH156]|[a-z0-9-]{1,16})\$|^pbkdf2_|^\{\w+\}/i.test(text)) {
    throw hashUnusable({
      reason: /^\$(?:2[abxy]|argon2|[PH]\$|pbkdf2|scrypt|firebase)|^pbkdf2_sha/.test(text) ? 'broken' : 'unknown',
    });
  }
  return undefined;
}

const formats = ['argon2', 'bcrypt', 'phpass', 'pbkdf2', 'scrypt', 'firebase', 'digest'] as const;

/** Order of the characters PHPass counts with. */
export const PHPASS_ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

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
      return (
        number('log2') > CAPS.scryptLog2 || number('blocks') > CAPS.scryptBlocks || number('lanes') > CAPS.scryptLanes
      );
    case 'firebase':
      return number('log2') > CAPS.scryptLog2 || number('blocks') > CAPS.scryptBlocks;
    case 'digest':
      return false;
  }
}
