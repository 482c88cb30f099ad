/**
 * Whether PostgreSQL keeps a value as `jsonb`: it takes no NUL and no half of a surrogate pair, which JSON writes as
 * escapes and nothing else does.
 */
export const isStorableJson = (value: unknown): boolean => !/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(value));
