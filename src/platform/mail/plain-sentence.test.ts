import { expect, test } from 'vitest';
import { plainSentence } from './plain-sentence.ts';

test.for(['Ticket 4711', 'Asked by phone, wrong address. Called back at 9.30.', 'Größe/Farbe getauscht', '注文を確認'])(
  '%s may stand in an email',
  (text) => {
    expect(plainSentence(` ${text} `)).toBe(text);
  },
);

test.for([
  'see http://evil.example',
  'see evil.example now',
  'bit.ly/x',
  'evil。example',
  'www evil example',
  'write to eve@evil.example',
  'one\r\nBcc: eve',
  'one\u2028two',
  'a\u202Eb',
])('%j may not', (text) => {
  expect(plainSentence(text)).toBe('');
});
