/** `://`, `@`, `www.`, or a dot of any script with a letter behind it: what mail programs turn into a link. */
const link = /:\/\/|@|\bwww\b|[\p{L}\p{N}][.\u2024\u3002\uFE52\uFF0E\uFF61]\p{L}/iu;
/** Line breaks, and characters that are not seen or turn the direction of text. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A text as it may stand in an email to someone else than who typed it; empty if it has a link or more than one line. */
export const plainSentence = (text: string): string => (link.test(text) || invisible.test(text) ? '' : text.trim());
