import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { PASSWORD, registration, somebody } from '../../../test/builders.ts';
import { customerByEmail } from '../../domain/customers/index.ts';

const classic = useApp();
const strong = useApp({ PASSWORD_POLICY: 'strong' });

/** Whether somebody with this password and name may register, on the page and over the API, and as whom. */
async function registered(world: typeof classic, { password = PASSWORD, firstName = 'Mia' }) {
  const [onPage, overApi] = [somebody(), registration({ password, firstName })];
  await browser(world).submit('/register', 'registerForm', {
    salutation: 'Ms',
    first_name: firstName,
    last_name: 'Noor',
    email: onPage.email,
    'password.pass': password,
    'password.confirm': password,
    accept_terms: '1',
  });
  const { text } = await api(world, 'POST', '/customers', { attributes: overApi });
  const names = [];
  for (const { email } of [onPage, overApi]) names.push((await customerByEmail(world.app.db, email))?.firstName);
  return { names, text };
}

test.for([
  [PASSWORD, true],
  ['Change!23456', true],
  ['qweRTY_123456', true],
  ['change123', false],
  ['Change123', false],
  ['Blanks may-Stand 7', false],
  ['Back\\slash-7-Battery', false],
  ['Correct-Horse-777', false],
  ['Correct-Höhe-7-Battery', false],
] as const)('classic: %s is the same on the page and over the API', async ([password, accepted]) => {
  const name = accepted ? 'Mia' : undefined;

  expect((await registered(classic, { password })).names).toEqual([name, name]);
});

test.for([
  ['winter amber glacier piano', true],
  ['Change!23456', false],
  ['Password1234!', false],
  ['qwertyuiop[]12', false],
  ['Noor-Garten-Wolke', false],
  ['Clientele-2026-x', false],
] as const)('strong: %s is the same on the page and over the API', async ([password, accepted]) => {
  const name = accepted ? 'Mia' : undefined;

  expect((await registered(strong, { password })).names).toEqual([name, name]);
});

test.for([
  ['Li', 'Li'],
  ['O’Neill-Smith', 'O’Neill-Smith'],
  ['🦊'.repeat(100), '🦊'.repeat(100)],
  ['🦊'.repeat(101), undefined],
  ['<b>Mia</b>', undefined],
  ['http://example.org', undefined],
  ['Mia:', undefined],
  ['Mia\u0007', undefined],
  ['Mia\nNoor', undefined],
] as const)('the name %j is the same on the page and over the API', async ([firstName, stored]) => {
  expect((await registered(classic, { firstName })).names).toEqual([stored, stored]);
});

test('blanks around a name and a name of blanks pass over the API, as the contract says, and not on the page', async () => {
  expect((await registered(classic, { firstName: ' Þórunn ' })).names).toEqual(['Þórunn', ' Þórunn ']);
  expect((await registered(classic, { firstName: '   ' })).names).toEqual([undefined, '   ']);
});

test.for([
  ['', 'firstName => This value should not be blank.'],
  ['<b>', 'firstName => This value is not valid.'],
  ['x'.repeat(101), 'firstName => This value is too long. It should have 100 characters or less.'],
])('over the API the name %j is refused in the words of the contract', async ([firstName, detail]) => {
  expect(JSON.parse((await registered(classic, { firstName })).text)).toEqual({
    errors: [{ detail, status: 422, code: '901' }],
  });
});
