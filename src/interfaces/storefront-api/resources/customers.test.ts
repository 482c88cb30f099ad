import { expect, test } from 'vitest';
import { api, type ApiAnswer, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer, linkToken, PASSWORD, somebody } from '../../../../test/builders.ts';
import { confirmEmailChange, registerCustomer } from '../../../domain/customers/index.ts';

const world = useApp();

/** A customer and the calls they make. */
async function visitor() {
  const customer = await activeCustomer(world);
  const { accessToken: token, refreshToken } = await logIn(world, customer.email);
  const own = `/customers/${customer.reference}`;
  return {
    ...customer,
    token,
    refreshToken,
    own,
    get: (path = own) => api(world, 'GET', path, { token }),
    patch: (attributes: unknown, path = own) => api(world, 'PATCH', path, { token, body: { data: { type: 'customers', attributes } } }),
    erase: (path = own) => api(world, 'DELETE', path, { token }),
  };
}

const attributesOf = ({ json }: ApiAnswer): Record<string, unknown> => json.data.attributes;
const BLANK = 'This value should not be blank.';
const CHOICE = 'The value you selected is not a valid choice.';
const SHORT = 'This value is too short. It should have 12 characters or more.';
const NAME_LONG = 'This value is too long. It should have 100 characters or less.';

test('GET of the own reference answers one customer', async () => {
  const { email, own, reference, get } = await visitor();

  const answer = await get();

  expect(answer.status).toBe(200);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  expect(answer.json).toEqual({
    data: {
      type: 'customers',
      id: reference,
      attributes: {
        salutation: 'Ms',
        firstName: 'Ida',
        lastName: 'Noor',
        gender: 'Female',
        dateOfBirth: null,
        email,
        password: null,
        confirmPassword: null,
        acceptedTerms: null,
        createdAt: time,
        updatedAt: time,
      },
      links: { self: `http://shop.test${own}` },
    },
  });
});

test.for(['/customers', '/customers/', '/customers?a=b%20c', '/customers/?x'])('GET %s answers an array of exactly the current customer', async (path) => {
  const { reference, get } = await visitor();

  const { status, json } = await get(path);

  expect(status).toBe(200);
  expect(json.data).toHaveLength(1);
  expect(json.data[0].id).toBe(reference);
  expect(json.data[0].links.self).toBe(`http://shop.test/customers/${reference}${path.replace(/^[^?]*/, '')}`);
  expect(json.links).toEqual({ self: `http://shop.test${path}` });
  expect(Object.keys(json)).toEqual(['data', 'links']);
});

test('a foreign, an unknown and a reserved reference are not found', async () => {
  const other = await activeCustomer(world);
  const { get } = await visitor();

  for (const id of [other.reference, 'DE--0', 'test123', 'mine', 'availability-notifications', other.reference.toLowerCase()]) {
    const answer = await get(`/customers/${id}`);
    expect(answer.status).toBe(404);
    expect(answer.text).toBe('{"errors":[{"detail":"Customer not found.","status":404,"code":"402"}]}');
  }
});

test('PATCH and DELETE of a foreign or unknown reference are forbidden and change nothing', async () => {
  const other = await activeCustomer(world);
  const { patch, erase } = await visitor();

  for (const path of [`/customers/${other.reference}`, '/customers/DE--0', '/customers/mine']) {
    for (const answer of [await patch({ firstName: 'Eve' }, path), await erase(path)]) {
      expect(answer.status).toBe(403);
      expect(answer.text).toBe('{"errors":[{"detail":"Unauthorized request.","status":403,"code":"411"}]}');
    }
  }
  expect(await world.sql('select first_name, anonymized_at from customer where reference = $1', [other.reference])).toEqual([{ first_name: 'Ida', anonymized_at: null }]);
});

test.for([
  ['GET', '/customers'],
  ['GET', '/customers/DE--1'],
  ['PATCH', '/customers/DE--1'],
  ['DELETE', '/customers/DE--1'],
] as const)('%s %s without a token is 403/002', async ([method, path]) => {
  const answer = await api(world, method, path, method === 'PATCH' ? { attributes: { email: '' } } : {});

  expect(answer.status).toBe(403);
  expect(answer.text).toBe('{"errors":[{"detail":"Missing access token.","status":403,"code":"002"}]}');
});

test.for(['PATCH', 'DELETE'] as const)('%s without an id is 400, with or without a token and a slash', async (method) => {
  const { token } = await visitor();

  for (const path of ['/customers', '/customers/', '/customers//']) {
    for (const call of [{}, { token }, { token: 'nonsense' }]) {
      const answer = await api(world, method, path, { ...call, ...(method === 'PATCH' ? { body: { data: { type: 'customers', attributes: {} } } } : {}) });
      expect(answer.status).toBe(400);
      expect(answer.text).toBe('{"errors":[{"detail":"Resource id is not specified.","status":400}]}');
    }
  }
});

test('include and fields: only what is known is heard', async () => {
  const { own, get } = await visitor();

  const bare = await get(`${own}?include=`);
  expect(Object.keys(bare.json)).toEqual(['data']);
  expect(Object.keys(bare.json.data)).toEqual(['type', 'id', 'attributes', 'links']);
  const strange = await get(`${own}?include=nonsense,constructor,a.b`);
  expect(Object.keys(strange.json)).toEqual(['data']);
  expect(Object.keys(strange.json.data)).toEqual(['type', 'id', 'attributes', 'links']);

  expect(attributesOf(await get(`${own}?fields[customers]=lastName,nonsense,firstName`))).toEqual({ firstName: 'Ida', lastName: 'Noor' });
  expect(attributesOf(await get(`${own}?fields%5Bcustomers%5D=lastName`))).toEqual({ lastName: 'Noor' });
  expect(attributesOf(await get(`${own}?fields[customers]=nonsense`))).toEqual({});
  expect(Object.keys(attributesOf(await get(`${own}?fields[addresses]=city`)))).toHaveLength(11);
});

test('the self link is the address as it was sent', async () => {
  const { reference, get } = await visitor();
  const escaped = `/customers/${reference.replace('--', '%2D-')}?a=b+c&d=%C3%A9&e`;

  expect((await get(escaped)).json.data.links.self).toBe(`http://shop.test${escaped}`);
});

test('PATCH changes what it names, keeps the rest and answers the whole customer', async () => {
  const { patch, email, get } = await visitor();
  const before = attributesOf(await get());

  const answer = await patch({ firstName: 'Þóra', dateOfBirth: '1990-02-28', createdAt: '2001-01-01', updatedAt: null, acceptedTerms: false });

  expect(answer.status).toBe(200);
  const after = { ...before, firstName: 'Þóra', dateOfBirth: '1990-02-28', email, updatedAt: expect.any(String) };
  expect(attributesOf(answer)).toEqual(after);
  expect(attributesOf(await get())).toEqual(after);
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
  [{ dateOfBirth: 'x', lastName: '', email: '' }, [`email => ${BLANK}`, `lastName => ${BLANK}`, 'dateOfBirth => This value is not a valid date.']],
])('PATCH %j is refused with 422/901', async ([attributes, details]) => {
  const { patch } = await visitor();

  const answer = await patch(attributes);

  expect(answer.status).toBe(422);
  expect(answer.json.errors).toEqual(details.map((detail) => ({ detail, status: 422, code: '901' })));
});

test.for([{ dateOfBirth: '' }, { dateOfBirth: null }, { password: null, confirmPassword: null }, { gender: 'Male', salutation: 'Dr' }])('PATCH %j is accepted', async (attributes) => {
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
  expect(answer.text).toBe('{"errors":[{"detail":"Value in field password should be identical to value in the confirmPassword field.","status":422,"code":"406"}]}');
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
  expect(mail?.text).toMatch(/http:\/\/shop\.test\/customer-data-change-request\/change-email\?verification_token=[\w-]{32,}/);

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
  expect(errorsOf(await patch({ email: `${'x'.repeat(64)}@${'y'.repeat(40)}.org`, firstName: 'Eve' }))).toEqual(['422/417']);

  expect(attributesOf(await get())).toMatchObject({ firstName: 'Ida' });
});

test('an unconfirmed account holds its address against a change too', async () => {
  const { email } = await registerCustomer(world.app, somebody());
  const { patch } = await visitor();

  expect(errorsOf(await patch({ email }))).toEqual(['422/400']);
});

test('DELETE erases the person, keeps the row and answers nothing', async () => {
  const { erase, id, reference, email } = await visitor();
  await world.sql("update customer set phone = '1', company = 'Noor AG', date_of_birth = '1990-02-28' where id = $1", [id]);

  const answer = await erase();

  expect(answer.status).toBe(204);
  expect(answer.text).toBe('');
  const [row] = await world.sql('select * from customer where id = $1', [id]);
  expect(row).toMatchObject({
    reference,
    first_name: null,
    last_name: null,
    salutation: null,
    gender: null,
    date_of_birth: null,
    phone: null,
    company: null,
    password_hash: null,
    email: expect.stringMatching(/^[0-9a-f]{32}@[0-9a-f]{32}\.[0-9a-f]{32}$/),
    anonymized_at: expect.any(Date),
  });
  expect(JSON.stringify(row)).not.toContain(email);
});

test('after DELETE every way in is closed', async () => {
  const { erase, get, patch, email, refreshToken, own } = await visitor();
  const second = await logIn(world, email);

  await erase();

  for (const answer of [await get(), await patch({}), await erase(), await api(world, 'GET', own, { token: second.accessToken })]) {
    expect(answer.status).toBe(401);
    expect(answer.text).toBe('{"errors":[{"detail":"Invalid access token.","status":401,"code":"001"}]}');
  }
  for (const spent of [refreshToken, second.refreshToken]) {
    expect(errorsOf(await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken: spent } }))).toEqual(['401/004']);
  }
  expect(errorsOf(await api(world, 'POST', '/access-tokens', { attributes: { username: email, password: PASSWORD } }))).toEqual(['401/003']);
});

test('after DELETE the address may register again, as somebody else', async () => {
  const { erase, email, reference } = await visitor();
  await erase();

  const again = await registerCustomer(world.app, somebody({ email }));

  expect(again.reference).not.toBe(reference);
});

test('of five DELETEs at once none fails badly', async () => {
  const { erase } = await visitor();

  const answers = await Promise.all(Array.from({ length: 5 }, () => erase()));

  expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => ![204, 401, 404].includes(status))).toEqual([]);
});
