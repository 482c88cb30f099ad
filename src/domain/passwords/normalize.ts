/**
 * Longest text that is normalised, UTF-16 code units: its time grows with the square of the length. No password that a
 * policy accepts is longer, however it was typed: 128 characters, at most four code points each when decomposed.
 */
const LONGEST = 1024;

/**
 * A password as it is checked, hashed and compared. Keyboards send `é` as one code point or as two; NIST SP 800-63B-4,
 * section 3.1.1.2, asks for Normalization Form C before hashing. Nothing else changes: blanks, case and width count.
 */
export const normalizePassword = (password: string): string =>
  password.length > LONGEST ? password : password.toWellFormed().normalize('NFC');
