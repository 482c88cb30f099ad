// Writes assets/common-passwords.txt.gz: the union of three published lists of common and breached passwords, lower
// case, sorted by bytes. Sources: the list of zxcvbn (MIT), the one Mozilla made of ten million leaked passwords for
// Firefox accounts (MPL-2.0), and the head of RockYou (MIT packaging).
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const zxcvbn = require('@zxcvbn-ts/language-common/src/passwords.json') as string[];
const { default: incremental } = require('incremental-encoder') as {
  default: { Decoder: new () => { decode(lines: string[]): string[] } };
};
const mozilla = new incremental.Decoder().decode(
  (require('fxa-common-password-list/src/encoded-passwords') as string).split('\n'),
);
const rockyou = readFileSync(require.resolve('rockyou/data/75.txt'), 'utf8').split(/\r?\n/);

const words = new Set([...zxcvbn, ...mozilla, ...rockyou].map((word) => word.trim().toLowerCase()).filter(Boolean));
const sorted = [...words]
  .map((word) => Buffer.from(`${word}\n`))
  .toSorted((a, b) => Buffer.compare(a.subarray(0, -1), b.subarray(0, -1)));
writeFileSync('assets/common-passwords.txt.gz', gzipSync(Buffer.concat(sorted), { level: 9 }));
console.log(`${sorted.length} passwords`);
