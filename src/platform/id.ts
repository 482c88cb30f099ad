import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** Random numbers drawn a thousand at a time: an import needs millions, and each call to the generator costs a microsecond. */
const pool = new Uint32Array(1024);
let left = 0;
const generator = new V7Generator({
  nextUint32() {
    if (left === 0) left = randomFillSync(pool).length;
    left -= 1;
    return pool[left] ?? 0;
  },
});

/** A new key that sorts by age (UUIDv7), so that indexes grow at one end. */
export const newId = (): string => generator.generate().toString();

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string) => uuid.test(text);
