import { isUtf8 } from 'node:buffer';

/** Encodings that files may have. Latin-1 is read as Windows-1252, which only differs in control characters. */
export type Encoding = 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';

const names: Readonly<Record<string, Encoding | 'utf-16'>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  ansi: 'windows-1252',
  'latin-1': 'windows-1252',
  latin1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'utf-16': 'utf-16',
  utf16: 'utf-16',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
};

/** The encoding of a name, or undefined. `utf-16` is told apart by the file's mark. */
export const encodingNamed = (name: string): Encoding | 'utf-16' | undefined => names[name.toLowerCase()];

/** What Windows-1252 has where Latin-1 has control characters. */
const from0x80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

const beyondAscii = /[\u0080-\u00FF]/;

/** Whether all bytes are ASCII, which every encoding but UTF-16 writes alike. */
export const isAscii = (bytes: string): boolean => !beyondAscii.test(bytes);

/** The text of some bytes, a character each. UTF-16 has become UTF-8 by then; what is no UTF-8 becomes U+FFFD. */
export function decode(bytes: string, encoding: Encoding): string {
  if (isAscii(bytes)) return bytes;
  return encoding === 'windows-1252'
    ? bytes.replaceAll(/[\u0080-\u009F]/g, (byte) => from0x80[byte.charCodeAt(0) - 0x80] ?? byte)
    : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The characters of UTF-8 at the beginning of some bytes (RFC 3629, section 4). */
const utf8 =
  // oxlint-disable-next-line no-control-regex -- bytes
  /^(?:[\0-\x7F]|[\xC2-\xDF][\x80-\xBF]|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}|\xED[\x80-\x9F][\x80-\xBF]|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2})*/;

/** The first byte that is no UTF-8, or undefined. */
export function brokenByte(bytes: string): number | undefined {
  if (isAscii(bytes) || isUtf8(Buffer.from(bytes, 'latin1'))) return undefined;
  return bytes.charCodeAt(utf8.exec(bytes)?.[0].length ?? 0);
}

/** Bytes for the file from bytes as they are handled here; see `decode`. */
export function toFile(bytes: string, encoding: Encoding): Buffer {
  const buffer = Buffer.from(bytes, 'latin1');
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') return buffer;
  const wide = Buffer.from(buffer.toString('utf8'), 'utf16le');
  return encoding === 'utf-16le' ? wide : wide.swap16();
}

/** The bytes of a text that was typed, as they are handled here; characters the encoding does not have become `?`. */
export function encode(text: string, encoding: Encoding): string {
  if (encoding !== 'windows-1252') return Buffer.from(text, 'utf8').toString('latin1');
  return [...text]
    .map((character) => {
      const at = from0x80.indexOf(character);
      return at >= 0 ? String.fromCharCode(0x80 + at) : character <= '\u00FF' ? character : '?';
    })
    .join('');
}
