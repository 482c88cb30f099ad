/** Deepest nesting that is read or stored: far more than anybody means, far less than overflows a stack. */
export const JSON_DEPTH_MAX = 64;

/** Most members and elements that are read; the largest resource has thirty. */
export const JSON_MEMBERS_MAX = 20_000;

/** An own member of an object, so that `__proto__` and its like are nothing special; one look, however many there are. */
export const member = (object: unknown, name: string): unknown =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Record<string, unknown>)[name]
    : undefined;

/** Parses JSON; undefined for what is no JSON, is nested too deeply or has too many members. */
export function parseJson(text: string): unknown {
  if (!isBounded(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts brackets and commas outside strings before anything is built of them. */
function isBounded(text: string): boolean {
  let depth = 0;
  let members = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === BACKSLASH) at += 1;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) inString = true;
    else if (character === OPEN_BRACKET || character === OPEN_BRACE) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) return false;
    } else if (character === CLOSE_BRACKET || character === CLOSE_BRACE) depth -= 1;
    else if (character === COMMA) {
      members += 1;
      if (members > JSON_MEMBERS_MAX) return false;
    }
  }
  return true;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
