import { createHash, randomFillSync } from 'node:crypto';
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

/** The namespace of identifiers that are made of names; random, and never to change. */
const NAMESPACE = Buffer.from('6f1d3f0a52c84a7e9a55c1b0f3d27e91', 'hex');

/** The identifier of a name, the same each time (UUIDv5, RFC 9562, 5.5). */
export function namedId(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string) => uuid.test(text);
