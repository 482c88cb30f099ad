import { expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../../test/builders.ts';
import { MISSING, BLANK, SHORT, CHARACTERS } from '../../../../test/passwords.ts';

const world = useApp();

/** Attributes that register; undefined leaves one out. */
const valid = (changes: Record<string, unknown> = {}) => ({
  email: somebody().email,
  gender: 'Female',
  salutation: 'Ms',
  firstName: 'Ida',
  lastName: 'Noor',
  password: PASSWORD,
  confirmPassword: PASSWORD,
  acceptedTerms: true,
  ...changes,
});
const both = (password: unknown) => ({ password, confirmPassword: password });
const post = (attributes: unknown, headers: Record<string, string> = {}, path = '/customers') =>
  api(world, 'POST', path, { attributes, headers });
const detailsOf = ({ json }: Awaited<ReturnType<typeof post>>): string[] =>
  json.errors.map(({ detail }: { detail: string }) => detail);

const NOT_STRING = 'This value should be of type string.';
const CHOICE = 'The value you selected is not a valid choice.';
const LONG = 'This value is too long. It should have 128 characters or less.';
const NAME_LONG = 'This value is too long. It should have 100 characters or less.';
const TAKEN =
  'If this email address is already in use, you will receive a password reset link. Otherwise you must first validate your e-mail address to finish registration. Please check your e-mail.';
const TOO_LONG = 'Email is too long. It should have 100 characters or less.';

test('a registration answers 201 with the customer, secrets left null', async () => {
  const attributes = valid({ dateOfBirth: '1990-02-28' });

  const answer = await post(attributes);

  expect(answer.status).toBe(201);
  expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  expect(answer.json).toEqual({
    data: {
      type: 'customers',
      id: expect.stringMatching(/^DE--\d+$/),
      attributes: {
        salutation: 'Ms',
        firstName: 'Ida',
        lastName: 'Noor',
        gender: 'Female',
        dateOfBirth: '1990-02-28',
        email: attributes.email,
        password: null,
        confirmPassword: null,
        acceptedTerms: null,
        createdAt: time,
        updatedAt: time,
      },
      links: { self: `http://shop.test/customers/${answer.json.data.id}` },
    },
  });
});

test('a new customer logs in only after the mailed key was used', async () => {
  const { email } = (await post(valid())).json.data.attributes;
  const early = await api(world, 'POST', '/access-tokens', { attributes: { username: email, password: PASSWORD } });

  const registrationKey = await linkToken(world, email);
  const confirmed = await api(world, 'POST', '/customer-confirmation', { attributes: { registrationKey } });

  expect(errorsOf(early)).toEqual(['401/003']);
  expect(confirmed.status).toBe(204);
  await expect(logIn(world, email)).resolves.toMatchObject({ tokenType: 'Bearer' });
});

test('the mailed link leads to the page of the store in the language asked for', async () => {
  const { email } = (await post(valid(), { 'Accept-Language': 'en', Store: 'AT' })).json.data.attributes;

  const [mail] = await world.mails(email);

  expect(mail?.text).toMatch(/http:\/\/shop\.test\/register\/confirm\?token=[\w-]{32,}&_store=AT&_locale=en_US/);
});

test.for([
  ['de', 'de_DE'],
  ['en', 'en_US'],
  ['fr', 'de_DE'],
] as const)('Accept-Language %s stores %s with the customer', async ([language, locale]) => {
  const { id } = (await post(valid(), { 'Accept-Language': language })).json.data;

  expect(await world.sql('select locale from customer where reference = $1', [id])).toEqual([{ locale }]);
});

test.for([
  ['/customers/', ''],
  ['/customers?a=b%20c&d', '?a=b%20c&d'],
] as const)('POST %s registers too and repeats its query', async ([path, search]) => {
  const answer = await post(valid(), {}, path);

  expect(answer.status).toBe(201);
  expect(answer.json.data.links.self).toBe(`http://shop.test/customers/${answer.json.data.id}${search}`);
});

test('an empty set of attributes names every missing field in the order of the rules', async () => {
  const answer = await post({});

  expect(answer.status).toBe(422);
  expect(answer.statusText).toBe('Unprocessable Content');
  expect(answer.text).toBe(
    `{"errors":[${['email', 'gender', 'salutation', 'firstName', 'lastName', 'password', 'confirmPassword', 'acceptedTerms'].map((field) => `{"detail":"${field} => ${MISSING}","status":422,"code":"901"}`).join()}]}`,
  );
});

test.for<[changes: Record<string, unknown>, details: string[]]>([
  [{ email: '' }, [`email => ${BLANK}`]],
  [{ email: null }, [`email => ${BLANK}`]],
  [{ email: 'ida' }, ['email => This value is not a valid email address.']],
  [{ email: 'ida@' }, ['email => This value is not a valid email address.']],
  [{ email: ' ' }, ['email => This value is not a valid email address.']],
  [{ gender: '' }, [`gender => ${BLANK}`, `gender => ${CHOICE}`]],
  [{ gender: null }, [`gender => ${BLANK}`]],
  [{ gender: 'male' }, [`gender => ${CHOICE}`]],
  [{ salutation: '' }, [`salutation => ${BLANK}`, `salutation => ${CHOICE}`]],
  [{ salutation: null }, [`salutation => ${BLANK}`]],
  [{ salutation: 'n/a' }, [`salutation => ${CHOICE}`]],
  [{ firstName: '' }, [`firstName => ${BLANK}`]],
  [{ firstName: false }, [`firstName => ${BLANK}`, `firstName => ${NOT_STRING}`]],
  [{ firstName: 'x'.repeat(101) }, [`firstName => ${NAME_LONG}`]],
  [{ lastName: null }, [`lastName => ${BLANK}`]],
  [{ lastName: [] }, [`lastName => ${BLANK}`, `lastName => ${NOT_STRING}`]],
  [{ lastName: 'x'.repeat(101) }, [`lastName => ${NAME_LONG}`]],
  [{ password: '' }, [`password => ${BLANK}`, `password => ${SHORT}`]],
  [{ password: null }, [`password => ${BLANK}`]],
  [both('Aa1!Aa1!Aa1'), [`password => ${SHORT}`, `confirmPassword => ${SHORT}`]],
  [both(`${'Aa1!'.repeat(32)}x`), [`password => ${LONG}`, `confirmPassword => ${LONG}`]],
  [both('change123'), [`password => ${SHORT}`, `password => ${CHARACTERS}`, `confirmPassword => ${SHORT}`]],
  [both('correct-horse-7-battery'), [`password => ${CHARACTERS}`]],
  [both('Correct-Horse-7-Bättery'), [`password => ${CHARACTERS}`]],
  [both('Correct Horse-7-Battery'), [`password => ${CHARACTERS}`]],
  [both(`${PASSWORD}\n`), [`password => ${CHARACTERS}`]],
  [{ confirmPassword: '' }, [`confirmPassword => ${BLANK}`, `confirmPassword => ${SHORT}`]],
  [{ confirmPassword: null }, [`confirmPassword => ${BLANK}`]],
  [{ acceptedTerms: false }, ['acceptedTerms => This value should be true.']],
  [{ acceptedTerms: undefined }, [`acceptedTerms => ${MISSING}`]],
  [
    { acceptedTerms: false, email: '', lastName: '' },
    [`email => ${BLANK}`, `lastName => ${BLANK}`, 'acceptedTerms => This value should be true.'],
  ],
])('%j is refused with 422/901', async ([changes, details]) => {
  const answer = await post(valid(changes));

  expect(answer.status).toBe(422);
  expect(answer.json.errors).toEqual(details.map((detail) => ({ detail, status: 422, code: '901' })));
});

test.for([
  { acceptedTerms: 1 },
  { acceptedTerms: '1' },
  { firstName: ' ' },
  { firstName: 'x'.repeat(100), lastName: 'Þórunn Ōtaki 李' },
  both('Aa1!Bb2@Cc3#'),
  both('Aa1!'.repeat(32)),
  { dateOfBirth: 'not a day' },
  { dateOfBirth: null },
  { email: `${'x'.repeat(60)}@${'y'.repeat(35)}.org` },
])('%j is accepted', async (changes) => {
  expect(await post(valid(changes))).toMatchObject({ status: 201 });
});

test('terms that are null read differently from terms that are refused', async () => {
  const answer = await post(valid({ acceptedTerms: null, confirmPassword: 'Another-Horse-7-Battery' }));

  expect(answer.status).toBe(400);
  expect(answer.text).toBe(
    '{"errors":[{"detail":"Terms and Conditions was not accepted.","status":400,"code":"413"}]}',
  );
});

test('different passwords are named before their quality is judged', async () => {
  const answer = await post(valid({ password: 'Aaaa-Horse-7-Battery' }));

  expect(answer.status).toBe(422);
  expect(answer.text).toBe(
    '{"errors":[{"detail":"Value in field password should be identical to value in the confirmPassword field.","status":422,"code":"406"}]}',
  );
});

test.for([
  ['Correct-Horrrse-7-Battery', [['421', 'The password contains sequence of the same character.']]],
  ['Correct\\Horse\\7\\Battery!', [['420', 'The password character set is invalid.']]],
  [
    'Correct\\Horrrse-7-Battery',
    [
      ['421', 'The password contains sequence of the same character.'],
      ['420', 'The password character set is invalid.'],
    ],
  ],
] as const)('the policy refuses %s with everything that is wrong', async ([password, errors]) => {
  const answer = await post(valid(both(password)));

  expect(answer.status).toBe(400);
  expect(answer.json.errors).toEqual(errors.map(([code, detail]) => ({ detail, status: 400, code })));
});

test('the policy speaks before anything is said about the address', async () => {
  const { email } = await activeCustomer(world);

  expect(errorsOf(await post(valid({ email, ...both('Correct-Horrrse-7-Battery') })))).toEqual(['400/421']);
});

test('an address is taken from the first registration on, confirmed or not', async () => {
  const attributes = valid();
  await post(attributes);

  const again = await post(attributes);

  expect(again.status).toBe(422);
  expect(again.text).toBe(JSON.stringify({ errors: [{ detail: TAKEN, status: 422, code: '400' }] }));
});

test('an address is taken in any letter case', async () => {
  const { email } = await activeCustomer(world);

  expect(errorsOf(await post(valid({ email: email.toUpperCase() })))).toEqual(['422/400']);
});

test('of ten registrations of one address at once one wins', async () => {
  const { email } = somebody();

  const answers = await Promise.all(Array.from({ length: 10 }, () => post(valid({ email }))));

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter((answer) => errorsOf(answer).join() === '422/400')).toHaveLength(9);
});

test.for([`${'x'.repeat(61)}@${'y'.repeat(35)}.org`, `${'a'.repeat(100)}@example.org`])(
  '%s is too long',
  async (email) => {
    const answer = await post(valid({ email }));

    expect(answer.status).toBe(422);
    expect(answer.text).toBe(`{"errors":[{"detail":"${TOO_LONG}","status":422,"code":"417"}]}`);
  },
);

test.for(['.ida@example.org', 'ida..noor@example.org', 'ida.@example.org'])('%s is no address', async (email) => {
  expect((await post(valid({ email }))).text).toBe(
    '{"errors":[{"detail":"Invalid Email address format.","status":422,"code":"416"}]}',
  );
});

test('an address that is taken and too long gets both errors', async () => {
  const { id } = await activeCustomer(world);
  const email = `${'z'.repeat(61)}@${'y'.repeat(35)}.org`;
  await world.sql('update customer set email = $2, email_key = $2 where id = $1', [id, email]);

  const answer = await post(valid({ email }));

  expect(errorsOf(answer)).toEqual(['422/400', '422/417']);
  expect(detailsOf(answer)).toEqual([TAKEN, TOO_LONG]);
});

test('a registration with a taken address sends no mail', async () => {
  const { email } = await activeCustomer(world);
  const before = await world.mails(email);

  await post(valid({ email }));

  expect(await world.mails(email)).toHaveLength(before.length);
});

test('attributes that are not the registrant\u2019s to set are ignored', async () => {
  const answer = await post(
    valid({ createdAt: '2001-01-01 00:00:00.000000', updatedAt: null, id: 'DE--999', customerReference: 'DE--999' }),
  );

  expect(answer.status).toBe(201);
  expect(answer.json.data.id).not.toBe('DE--999');
  expect(answer.json.data.attributes.createdAt).toMatch(/^2026-/);
});
