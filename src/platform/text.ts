/**
 * What takes room at most: white space, controls, formats (zero width, direction marks, soft hyphen), what Unicode has to be
 * ignored (Hangul fillers, variation selectors, tags), and the signs that are blank on purpose (Braille pattern blank,
 * musical null note head).
 */
const unseen = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]*$/u;

/** Whether a text shows nothing to its reader. */
export const isBlank = (text: string): boolean => unseen.test(text);

/** Whether a text has more characters than this, an emoji outside the basic plane being one. */
export const isLonger = (text: string, most: number): boolean => text.length > most && [...text].length > most;
