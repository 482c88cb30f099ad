/** A given name and a family name fit; a sentence does not. */
const MAX_LENGTH = 60;
const MAX_WORDS = 5;
const MAX_WORD_LENGTH = 36;

/**
 * Letters of any script, with apostrophes and hyphens inside. Digits, symbols and invisible characters make no name, nor do
 * modifier letters but those of names: some, as `ꓸ` and `ː`, look like a dot or a colon.
 */
const word = /^[\p{L}--\p{Lm}](?:[[\p{L}--\p{Lm}]\p{M}々ーʻ])*(?:['’ʼ\u2010\-][[\p{L}--\p{Lm}]\p{M}]+)*['’]?$/v;
/** `J.R.`, `Dr.`: a top-level domain has two letters or more, so neither is one. */
const abbreviation = /^(?:\p{L}\p{M}*\.)+$|^\p{L}[\p{L}\p{M}]{0,2}\.$/u;
const linkWord = /^(?:www|https?|ftp|mailto)\b/i;

/**
 * The name as it may stand in an email, in a header or in a sentence; empty if it is none.
 *
 * Customers choose their names, and anybody may register any address. A text that could be read as a message, a link, a
 * domain, a phone number or an amount of money would reach a stranger with the shop as its sender.
 */
export function recipientName(name: string): string {
  const composed = name.normalize('NFC');
  const words = composed.split(' ').filter(Boolean);
  const isName =
    // Bold, full-width and circled letters are signs for attention, or for a filter of spam.
    composed.normalize('NFKC') === composed &&
    words.length <= MAX_WORDS &&
    words.join(' ').length <= MAX_LENGTH &&
    words.every(
      (one) => one.length <= MAX_WORD_LENGTH && (word.test(one) || abbreviation.test(one)) && !linkWord.test(one),
    );
  return isName ? words.join(' ') : '';
}
