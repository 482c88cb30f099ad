import { expect, test } from 'vitest';
import { api, type ApiAnswer, errorsOf, loggedIn, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../../test/builders.ts';
import { confirmEmailChange, registerCustomer } from '../../../domain/customers/index.ts';
import { BLANK, SHORT } from '../../../../test/passwords.ts';

const world = useApp();

/** A customer and the calls they make. */
async function visitor() {
  const somebody = await loggedIn(world);
  const { token, own } = somebody;
  return {
    ...somebody,
    get: (path = own) => api(world, 'GET', path, { token }),
    patch: (attributes: unknown, path = own) =>
      api(world, 'PATCH', path, { token, body: { data: { type: 'customers', attributes } } }),
  };
}

const attributesOf = ({ json }: ApiAnswer): Record<string, unknown> => json.data.attributes;
const CHOICE = 'The value you selected is not a valid choice.';
const NAME_LONG = 'This value is too long. It should have 100 characters or less.';

test('PATCH changes what it names, keeps the rest and answers the whole customer', async () => {
  const { patch, email, get } = await visitor();
  const before = attributesOf(await get());

  const answer = await patch({
    firstName: 'Þóra',
    dateOfBirth: '1990-02-28',
    createdAt: '2001-01-01',
    updatedAt: null,
    acceptedTerms: false,
  });

  expect(answer.status).toBe(200);
  const after = { ...before, firstName: 'Þóra', dateOfBirth: '1990-02-28', email, updatedAt: expect.any(String) };
  expect(attributesOf(answer)).toEqual(after);
  expect(attributesOf(await get())).toEqual(after);
});

test('the self link of PATCH is the address as it was sent, too', async () => {
  const { patch, own } = await visitor();
  const escaped = `${own.replace('--', '%2D-')}?a=b+c`;

  expect((await patch({}, escaped)).json.data.links.self).toBe(`http://shop.test${escaped}`);
});

test('PATCH of nothing changes nothing', async () => {
  const { patch, get } = await visitor();
  const before = attributesOf(await get());

  expect(attributesOf(await patch({}))).toEqual(before);
});

test.for<[attributes: Record<string, unknown>, details: string[]]>([
  [{ email: '' }, [`email => ${BLANK}`]],
  [{ email: null }, [`email => ${BLANK}`]],
  [{ email: 'ida' }, ['email => This value is not a valid email address.']],
  [{ gender: '' }, [`gender => ${BLANK}`, `gender => ${CHOICE}`]],
  [{ gender: null }, [`gender => ${BLANK}`]],
  [{ salutation: 'Sir' }, [`salutation => ${CHOICE}`]],
  [{ firstName: '' }, [`firstName => ${BLANK}`]],
  [{ lastName: 'x'.repeat(101) }, [`lastName => ${NAME_LONG}`]],
  [{ dateOfBirth: '1990-02-30' }, ['dateOfBirth => This value is not a valid date.']],
  [{ dateOfBirth: '28.02.1990' }, ['dateOfBirth => This value is not a valid date.']],
  [{ password: '' }, [`password => ${SHORT}`]],
  [{ password: 'Short-7', confirmPassword: 'Short-7' }, [`password => ${SHORT}`, `confirmPassword => ${SHORT}`]],
  [{ confirmPassword: '' }, [`confirmPassword => ${SHORT}`]],
  [
    { dateOfBirth: 'x', lastName: '', email: '' },
    [`email => ${BLANK}`, `lastName => ${BLANK}`, 'dateOfBirth => This value is not a valid date.'],
  ],
])('PATCH %j is refused with 422/901', async ([attributes, details]) => {
  const { patch } = await visitor();

  const answer = await patch(attributes);

  expect(answer.status).toBe(422);
  expect(answer.json.errors).toEqual(details.map((detail) => ({ detail, status: 422, code: '901' })));
});

test.for([
  { dateOfBirth: '' },
  { dateOfBirth: null },
  { password: null, confirmPassword: null },
  { gender: 'Male', salutation: 'Dr' },
])('PATCH %j is accepted', async (attributes) => {
  const { patch } = await visitor();

  expect(await patch(attributes)).toMatchObject({ status: 200 });
});

test('a violation beats a foreign reference, which beats different passwords, which beat a taken address', async () => {
  const other = await activeCustomer(world);
  const { patch } = await visitor();
  const foreign = `/customers/${other.reference}`;
  const different = { password: PASSWORD, confirmPassword: `${PASSWORD}!`, email: other.email };

  expect(errorsOf(await patch({ ...different, firstName: '' }, foreign))).toEqual(['422/901']);
  expect(errorsOf(await patch(different, foreign))).toEqual(['403/411']);
  const answer = await patch(different);
  expect(answer.status).toBe(422);
  expect(answer.text).toBe(
    '{"errors":[{"detail":"Value in field password should be identical to value in the confirmPassword field.","status":422,"code":"406"}]}',
  );
  expect(errorsOf(await patch({ email: other.email }))).toEqual(['422/400']);
});

test('a password without its confirmation counts as different', async () => {
  const { patch } = await visitor();

  expect(errorsOf(await patch({ password: PASSWORD }))).toEqual(['422/406']);
});

test('PATCH checks a password and never changes it', async () => {
  const { patch, email, get } = await visitor();
  const other = 'Another-Horse-7-Battery';

  expect(await patch({ password: other, confirmPassword: other })).toMatchObject({ status: 200 });

  expect(await get()).toMatchObject({ status: 200 });
  await expect(logIn(world, email, PASSWORD)).resolves.toBeDefined();
  await expect(logIn(world, email, other)).rejects.toThrow('401');
});

test('a new address is used only after the link mailed to it was', async () => {
  const { patch, email, get, id } = await visitor();
  const { email: wanted } = somebody();

  const answer = await patch({ email: wanted, lastName: 'Nord' });

  expect(answer.status).toBe(200);
  expect(attributesOf(answer)).toMatchObject({ email, lastName: 'Nord' });
  expect(attributesOf(await get())).toMatchObject({ email });
  const [mail] = await world.mails(wanted);
  expect(mail?.text).toMatch(
    /http:\/\/shop\.test\/customer-data-change-request\/change-email\?verification_token=[\w-]{32,}/,
  );

  await confirmEmailChange(world.app, await linkToken(world, wanted));
  expect(attributesOf(await get())).toMatchObject({ email: wanted });
  await expect(logIn(world, wanted)).resolves.toBeDefined();
  expect(await world.sql('select email from customer where id = $1', [id])).toEqual([{ email: wanted }]);
});

test('the link to a new address lives for half an hour', async () => {
  const { patch } = await visitor();
  const { email: wanted } = somebody();
  await patch({ email: wanted });
  const token = await linkToken(world, wanted);

  world.now = new Date(world.now.getTime() + 30 * 60_000);
  await expect(confirmEmailChange(world.app, token)).rejects.toThrow('links.expired');
});

test('the own address, sent back, is no mistake, though it would be one today', async () => {
  const { id, patch } = await visitor();
  const old = `old..dots.${id}@example.org`;
  await world.sql('update customer set email = $2, email_key = $2 where id = $1', [id, old]);

  const answer = await patch({ email: old, firstName: 'Neu' });

  expect([answer.status, attributesOf(answer)['firstName']]).toEqual([200, 'Neu']);
  expect(errorsOf(await patch({ email: `other..dots.${id}@example.org` }))).toEqual(['422/416']);
});

test('the own address, sent back, changes and mails nothing', async () => {
  const { patch, email } = await visitor();
  const before = await world.mails(email);

  expect(await patch({ email })).toMatchObject({ status: 200 });

  expect(await world.mails(email)).toHaveLength(before.length);
});

test('an address that is refused leaves the other attributes as they were', async () => {
  const other = await activeCustomer(world);
  const { patch, get } = await visitor();

  expect(errorsOf(await patch({ email: other.email, firstName: 'Eve' }))).toEqual(['422/400']);
  expect(errorsOf(await patch({ email: `${'x'.repeat(64)}@${'y'.repeat(40)}.org`, firstName: 'Eve' }))).toEqual([
    '422/417',
  ]);

  expect(attributesOf(await get())).toMatchObject({ firstName: 'Ida' });
});

test('an unconfirmed account holds its address against a change too', async () => {
  const { email } = await registerCustomer(world.app, somebody());
  const { patch } = await visitor();

  expect(errorsOf(await patch({ email }))).toEqual(['422/400']);
});
