import { expect, test } from 'vitest';
import { fillPattern, isSafePattern, patternMistake } from './link-pattern.ts';

test.for([
  'https://shop.example/{locale}/confirm?token={token}',
  'https://shop.example/{language}/{store}/confirm/{token}',
  'https://shop.example/confirm#token={token}',
  'http://localhost:8080/confirm?t={token}&l={locale}',
  'https://münchen.example/bestätigen?token={token}',
])('%s is a pattern of a link with a token', (pattern) => {
  expect(patternMistake(pattern, true)).toBeUndefined();
});

test.for<[pattern: string, mistake: RegExp]>([
  ['', /must have \{token\} once/],
  ['https://shop.example/confirm', /must have \{token\} once/],
  ['https://shop.example/{token}/{token}', /must have \{token\} once/],
  ['https://shop.example/{id}?token={token}', /knows \{locale\}, \{language\}, \{store\} and \{token\}, not \{id\}/],
  ['https://shop.example/{}?token={token}', /not \{\}/],
  ['/confirm?token={token}', /whole address/],
  ['shop.example/confirm?token={token}', /whole address/],
  ['//shop.example/confirm?token={token}', /whole address/],
  ['https://{store}.shop.example/confirm?token={token}', /whole address/],
  ['https://{token}/', /whole address/],
  ['javascript:alert({token})', /whole address/],
  ['ftp://shop.example/{token}', /whole address/],
  ['https://user:secret@shop.example/?token={token}', /no user name or password/],
  ['https://shop.example@evil.example/?token={token}', /no user name or password/],
  ['https://shop.example/a b?token={token}', /without blanks/],
  ['https://shop.example/\r\nBcc: x?token={token}', /without blanks/],
  ['https://shop.example/"><script>?token={token}', /without blanks/],
  ['https://shop.example/\u202e?token={token}', /without blanks/],
  ['https://shop.example/{locale?token={token}', /without blanks|whole address/],
  [`https://shop.example/${'x'.repeat(1000)}?token={token}`, /more than 1000/],
])('%j is none: %s', ([pattern, mistake]) => {
  expect(patternMistake(pattern, true)).toMatch(mistake);
});

test('a link that carries no token has no place for one', () => {
  expect(patternMistake('https://shop.example/{language}/login', false)).toBeUndefined();
  expect(patternMistake('https://shop.example/login?t={token}', false)).toMatch(/this link has no token/);
});

test('values are escaped, so that none of them can change the address', () => {
  const values = { locale: 'de_DE', language: 'de', store: 'A&B', token: 'x/../y?z=#&{locale}' };
  expect(fillPattern('https://shop.example/{language}/{store}?t={token}&l={locale}', values)).toBe(
    'https://shop.example/de/A%26B?t=x%2F..%2Fy%3Fz%3D%23%26%7Blocale%7D&l=de_DE',
  );
});

test.for([
  ['https://shop.example/', true],
  ['http://localhost:3000/', true],
  ['http://127.0.0.1/', true],
  ['http://localhost.evil.example/', false],
  ['http://shop.example/', false],
] as const)('%s is safe in production: %s', ([pattern, isSafe]) => {
  expect(isSafePattern(pattern)).toBe(isSafe);
});
