import { expect, test } from 'vitest';
import { recipientName } from './recipient-name.ts';

test.for([
  'Ida Noor',
  'Li',
  'Þórunn Sigurðardóttir',
  '李小龙',
  'Seán O’Neill-Smith',
  "Mary D'Arcy",
  'María del Carmen García López',
  'J.R.R. Tolkien',
  'Dr. Ida Noor',
  'نور إبراهيم',
  'नूर सिंह',
  'Keihanaikukauakahihuliheekahaunaele',
  '佐々木 マリー',
  'Kaʻiulani',
])('%s is a name', (name) => {
  expect(recipientName(name)).toBe(name);
});

test.for([
  'You won, claim at http://evil.example',
  'http://evil.example Noor',
  'Ida evil.example',
  'www evil example',
  'www.evil.example',
  'bit.ly/x',
  'Ida t.co',
  'evil。example',
  'evil․example',
  'evilꓸexample',
  'httpː evil',
  '𝐖𝐨𝐧 Noor',
  'Ｗｏｎ Noor',
  'ida@evil.example',
  'Call 0900 123456',
  'Ida 4711',
  'Ida ٠٩٠٠',
  'Win 500€',
  'Win $ now',
  'Your account was closed call us now',
  'x'.repeat(61),
  'x'.repeat(37),
  'ab '.repeat(6),
  'Ida\nNoor',
  'Ida\r\nBcc: eve@evil.example',
  'Ida\u202Eroon',
  'Ida\u200BNoor',
  'Ida\u2028Noor',
  'Ida\u0000',
  'Ida <b>',
  '<script>',
  'Ida!',
  '🎁 Ida',
  'Ida: Noor',
  '[Ida](x)',
  '"Ida" Noor',
  '',
  ' ',
])('%j may not stand in an email', (name) => {
  expect(recipientName(name)).toBe('');
});
