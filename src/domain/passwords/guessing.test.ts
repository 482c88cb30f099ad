import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { checkPassword, passwordRefused } from './index.ts';

const world = useApp({ SHOP_NAME: 'Nordlicht Markt', PASSWORD_POLICY: 'strong' });
const ida = { email: 'ida.noorbeck@windrose.example', firstName: 'Ida-Lou', lastName: 'Müller-Sørensen' };

async function refusalOf(password: string): Promise<string> {
  try {
    await checkPassword(world.app, password, ida);
    return 'accepted';
  } catch (error) {
    if (passwordRefused.is(error)) return error.details.violations.join(' ');
    throw error;
  }
}

test.for([
  [
    'personal',
    [
      'Nordlicht-2026!',
      'N0rdl1cht2026',
      'MyNordlichtMarkt7',
      'noorbeck-garden-31',
      'MuellerMueller-7',
      'Muller!Regen!Wolke',
      'S0rensen-s0rensen',
      'Ida1234567890!',
      'windrose-!-778',
      'Markt-84-62-91',
      'uoL-adi-2026-11',
    ],
  ],
  [
    'common-word',
    [
      'Password1234!',
      'HelloWorld2026!',
      'Summer-Dragon-99',
      'w0rld_hello_2026',
      'letmeinplease123',
      'monkey.dragon.12',
      'Welcome12345!',
      'P@$$w0rd-2026',
      'pa55w0rd!!!!!',
      'p-a-s-s-w-o-r-d-1',
      '123Password!123',
      'drowssap12345!',
      'Sommer2026!!!',
      'Christmas2025!!',
      'MyPassword123!',
      'Hamburg-2026-!',
      'Passwort1234!',
      'Geheim-1234567',
      'Schalke04-Schalke04-',
      'Iloveyou12345!',
      'L3tM31n!!2026',
      'Monkeymonkey77',
      'Change!23456',
      'Trustno1Trustno1',
      'Dragon$$$$$$$$2',
      'Passwörd12345!',
      'ＰＡＳＳＷＯＲＤ1234',
      'раsswоrd12345!',
      'Ραsswοrd-2026',
    ],
  ],
  [
    'pattern',
    [
      'qwertyuiop[]12',
      'Qwertz12345678',
      '1qaz2wsx3edc!Q',
      '1qaz@WSX3edc$RFV',
      'zaq1ZAQ!zaq1',
      'asdfghjkl;zxc',
      'aaaaaaaaaaaab',
      'aB1!aB1!aB1!',
      'abcdefghijklm!',
      '1234567890123456-',
      '111222333444-',
      'qweRTY_123456',
      'zyxwvutsrqpo',
      '!@#$%^&*()_+',
      'yxcvbnm,.-yx',
      'йцукенгшщзхъ',
      'Фывапролдж-12',
      'azertyuiopqs!',
    ],
  ],
  ['weak', ['thisismypasswordx', 'Willkommen123!', '1987-12-31-1987', 'Willkommen2026!!']],
] as const)('%s', async ([reason, passwords]) => {
  for (const password of passwords) {
    const refusal = await refusalOf(password);
    // What is found by more than one rule is refused for the first.
    expect([password, refusal]).toEqual([password, reason]);
  }
});

test.for([
  'winter amber glacier piano',
  'Tulpe.Gabel.Wolke',
  'der hund mag keinen regen',
  'øre skov himmel græs fjord',
  'k9Vq!x2mT#bz',
  'x7Kp2mQ9vB4z',
  'My-password-is-7-long',
  'purple-otter-rides-bus',
  'Wörterbuch Лампа ключ',
  'パソコン-みかん-鉛筆-とけい',
  '🦊🌧️🎻🧊🪑🧦🥕🧭🛷🪁🧵🪴',
])('%s is accepted', async (password) => {
  expect(await refusalOf(password)).toBe('accepted');
});

test('a person without a name and a shop with a short one refuse nothing more', async () => {
  const app = { ...world.app, config: { ...world.app.config, SHOP_NAME: 'B' } };

  for (const person of [{}, { email: '', firstName: null, lastName: '' }, { email: 'a@b.example', firstName: 'Bo' }])
    await expect(checkPassword(app, 'winter amber glacier piano', person)).resolves.toBeUndefined();
});
