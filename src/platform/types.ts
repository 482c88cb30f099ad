/**
 * Takes a value for what the caller knows it to be and the compiler cannot: where a generic constructor erases types
 * that it has just checked. Outside the platform this is the only way to say so.
 */
export const assume = <T>(value: unknown): T => value as T;
