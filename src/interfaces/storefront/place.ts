/** Where a request wants to go: `/DE/en/login` is the log-in page of a store in a language; both may be left out. */
export interface Place {
  store: string | undefined;
  language: string | undefined;
  path: string;
}

const prefixes = /^(?:\/(?<store>[A-Z][A-Z0-9_]{1,9}))?(?:\/(?<language>[a-z]{2}))?(?<path>\/.*)?$/;

export function placeOf(path: string): Place {
  const { store, language, path: rest = '/' } = prefixes.exec(path)?.groups ?? {};
  return { store, language, path: rest === '/' ? '/' : rest.replace(/\/$/, '') };
}
