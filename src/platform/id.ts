import { uuidv7 } from 'uuidv7';

/** A new key that sorts by age (UUIDv7), so that indexes grow at one end. */
export const newId = (): string => uuidv7();

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string) => uuid.test(text);
