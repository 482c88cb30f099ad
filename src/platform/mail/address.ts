import { toASCII, toUnicode } from 'tr46';

/**
 * The profile of a domain: UTS 46 without transitional processing, as browsers use it. It maps letters of either case,
 * full-width letters and their like to one spelling, and refuses what has none. https://www.unicode.org/reports/tr46/
 */
const profile = {
  checkBidi: true,
  checkHyphens: false,
  checkJoiners: true,
  transitionalProcessing: false,
  useSTD3ASCIIRules: true,
};

/** A valid email address of HTML forms with a domain of two or more labels. How long it may be is checked elsewhere. */
// https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
const pattern =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,1000}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Characters of the longest domain that is converted: converting takes longer the longer it is. */
const DOMAIN_MAX = 255;

/** Whether a text is its own ASCII form, apart from its letter case. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text) && !(text.includes('--') && /xn--/i.test(text));

/** The local part and the domain, parted by the last `@`. */
function parts(text: string): [local: string, domain: string] {
  const at = text.lastIndexOf('@');
  return [text.slice(0, at + 1), text.slice(at + 1)];
}

/** The address as mail servers know it, its domain in ASCII; undefined if the text is not an email address. */
function asciiForm(text: string): string | undefined {
  if (isPlain(text)) return pattern.test(text) ? text : undefined;
  const [local, domain] = parts(text);
  const ascii = domain.length > DOMAIN_MAX ? null : toASCII(domain, { ...profile, verifyDNSLength: true });
  return ascii && pattern.test(local + ascii) ? local + ascii : undefined;
}

/**
 * Whether a text is an email address. Its local part is ASCII: a letter that folds into an ASCII one, such as the Kelvin
 * sign, would name another mailbox. Its domain may be international, in letters or in Punycode.
 */
export const isEmail = (text: string): boolean => asciiForm(text) !== undefined;

/** What addresses are compared by: small letters, the domain in ASCII. Equal only for addresses of one mailbox. */
export function emailKey(address: string): string {
  const trimmed = address.trim();
  if (isPlain(trimmed)) return trimmed.toLowerCase();
  // A text that is not an address keeps its other characters, so that it equals no address: `toLowerCase` would turn the
  // Kelvin sign into a k. Its ASCII letters are folded all the same, as attempts are counted by such texts too.
  return asciiForm(trimmed)?.toLowerCase() ?? trimmed.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The spelling in which an address is stored and shown: the local part as typed, an international domain in letters. */
export function normalizeEmail(address: string): string {
  const trimmed = address.trim();
  const ascii = isPlain(trimmed) ? undefined : asciiForm(trimmed);
  if (ascii === undefined) return trimmed;
  const [local, domain] = parts(ascii);
  return local + toUnicode(domain, profile).domain;
}

/** The spelling in which an address is handed to a mail server: an international domain in Punycode. */
export const deliverableEmail = (address: string): string => asciiForm(address) ?? address;

/**
 * What a text that is part of an address is compared with, and in which spelling: with keys, or, where it has letters of
 * an international domain, with what is shown.
 */
export const emailSearch = (text: string): { spelling: 'key' | 'shown'; text: string } =>
  /^[\x20-\x7e]*$/.test(text)
    ? { spelling: 'key', text: text.toLowerCase() }
    : { spelling: 'shown', text: text.normalize('NFKC').toLowerCase() };

/**
 * What mailboxes are told apart by: the key of the address without its `+tag`. Dots stay, as only some providers ignore
 * them and elsewhere they make another mailbox.
 */
export const mailboxOf = (address: string): string => emailKey(address).replace(/^([^+@]+)\+[^@]*(?=@)/, '$1');
