import { bodyTooLarge } from './incoming.ts';

/** Most fields of a form; the largest of ours has twenty. */
export const FORM_FIELDS_MAX = 1000;

/**
 * The fields of a sent form by name; of several of one name the first counts.
 *
 * @throws {@link bodyTooLarge} when there are more than any form has.
 */
export function parseForm(text: string): ReadonlyMap<string, string> {
  let fields = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) fields += 1;
  if (fields > FORM_FIELDS_MAX) throw bodyTooLarge({});
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) if (!form.has(name)) form.set(name, value);
  return form;
}
