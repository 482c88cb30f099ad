/**
 * An address as HTML forms know it, with a domain of two or more labels. How long it may be is for others to say.
 * Letters of any script may stand in the domain.
 * https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
 */
const email =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,1000}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/iu;
export const isEmail = (text: string): boolean => email.test(text);

/** What addresses are compared by. */
export const emailKey = (address: string): string => address.trim().normalize('NFC').toLowerCase();
