import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliverableEmail, emailKey, isEmail, normalizeEmail } from './address.ts';

/** One mailbox each, in every spelling that browsers and clients send. */
test.for([
  [
    'ida@xn--mller-kva.example',
    'ida@müller.example',
    ['ida@MÜLLER.Example', 'ida@mu\u0308ller.example', 'ida@XN--MLLER-KVA.example'],
  ],
  ['ida@xn--strae-oqa.example', 'ida@straße.example', ['ida@xn--strae-oqa.example']],
  ['ida@xn--r8jz45g.jp', 'ida@例え.jp', ['ida@例え。jp', 'ida@xn--r8jz45g.jp']],
  ['ida@example.org', 'ida@example.org', ['ida@ＥＸＡＭＰＬＥ.org', 'ida@e\u00adxample.org', 'ida@example.o\u200brg']],
  ['kim@kim.example', 'kim@kim.example', ['kim@\u212aim.example', 'kim@ⓚim.example']],
] as const)('%s is one mailbox, shown as %s', ([key, shown, spellings]) => {
  for (const email of [key, shown, ...spellings]) {
    expect([email, isEmail(email)]).toEqual([email, true]);
    expect(emailKey(email)).toBe(key);
    expect(normalizeEmail(email)).toBe(shown);
    expect(deliverableEmail(normalizeEmail(email))).toBe(key);
  }
});

test.for([
  '\u212aim@example.org',
  '\u017fam@example.org',
  'k\u0130m@example.org',
  'ｋim@example.org',
  'jürgen@example.org',
  '\u00adkim@example.org',
  'kim\u200b@example.org',
  'kim＠example.org',
  'kim@exa mple.org',
  'kim@exa%6dple.org',
  'kim@xn--.org',
  'kim@xn--example-.org',
  'kim@xn--a.org',
  'kim@a..ü',
  'kim@a.ü.',
  'kim@ü',
  'kim@\ud800.org',
  'kim@ü.org@example.org',
  'kim@example.org\nü.org',
  `kim@${'ü'.repeat(60)}.example`,
  `kim@${'ü.'.repeat(200)}org`,
])('%j is not an address, and is found under no key of one', (text) => {
  expect(isEmail(text)).toBe(false);
  expect(isEmail(emailKey(text))).toBe(false);
});

test('the local part is kept as typed and compared without letter case', () => {
  expect(normalizeEmail(' Ida.Noor+Shop@MÜLLER.example ')).toBe('Ida.Noor+Shop@müller.example');
  expect(emailKey(' Ida.Noor+Shop@MÜLLER.example ')).toBe('ida.noor+shop@xn--mller-kva.example');
  expect(normalizeEmail('Ida.Noor@Example.ORG')).toBe('Ida.Noor@Example.ORG');
});

test('every text has a key that is ASCII or no address, whatever its characters', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('@', '@ü', '@xn--'), fc.domain())
      .map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (typed) => {
      const key = emailKey(typed);
      expect(isEmail(key)).toBe(isEmail(typed.trim()));
      if (!isEmail(typed)) return;
      expect(key).toMatch(/^[\x21-\x7e]+$/);
      expect([emailKey(key), emailKey(normalizeEmail(typed)), normalizeEmail(normalizeEmail(typed))]).toEqual([
        key,
        key,
        normalizeEmail(typed),
      ]);
    }),
    { numRuns: 50 },
  );
});
