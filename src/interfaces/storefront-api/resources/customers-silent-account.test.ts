import { describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import {
  activeCustomer,
  linkToken,
  PASSWORD,
  somebody,
  strangersRegistration,
  OTHER_PASSWORD,
} from '../../../../test/builders.ts';
import { anonymizeCustomer, registerCustomer } from '../../../domain/customers/index.ts';

const world = useApp({ STOREFRONT_API_SILENT_REGISTRATION: 'true' });

const both = (password: string) => ({ password, confirmPassword: password });
const register = (email: string, changes: object = {}) =>
  api(world, 'POST', '/customers', { attributes: strangersRegistration(email, changes) });
const newAddress = () => somebody().email;
const rowOf = (id: string) => world.sql('select * from customer where id = $1', [id]);

describe('the account', () => {
  test('is as it was: its row, its password, its tokens, its history', async () => {
    const { id, email } = await activeCustomer(world);
    const { accessToken: token } = await logIn(world, email);
    const entries = () => world.sql('select * from audit_entry where customer_id = $1 order by id', [id]);
    const [row, history] = [await rowOf(id), await entries()];

    await register(email, { dateOfBirth: '1990-02-28' });

    expect(await rowOf(id)).toEqual(row);
    expect(await entries()).toEqual(history);
    expect((await api(world, 'GET', '/customers', { token })).status).toBe(200);
    await expect(logIn(world, email)).resolves.toBeDefined();
    await expect(logIn(world, email, OTHER_PASSWORD)).rejects.toThrow('answered 401');
  });

  test('is told of by mail to its owner, who learns nothing of who tried', async () => {
    const { email } = await activeCustomer(world, { locale: 'de_DE' });
    const before = (await world.mails()).length;

    await register(email.toUpperCase(), { firstName: 'Mallory', lastName: 'Mischief' });

    const [mail, ...others] = await world.mails();
    expect(others).toHaveLength(before);
    expect(mail?.to).toBe(email);
    expect(mail?.subject).toBe('Sie haben bereits ein Konto bei Clientele');
    expect(mail?.text).toContain('/password/forgotten');
    expect(`${mail?.text}${mail?.html}`).not.toMatch(/Mallory|Mischief|Another-Horse/);
  });

  test('that is not confirmed gets its link again', async () => {
    const { email } = await registerCustomer(world.app, somebody());
    const first = await linkToken(world, email);

    // With another password neither would count: storefront/pre-registration.test.ts.
    await register(email, { password: PASSWORD, confirmPassword: PASSWORD });

    const registrationKey = await linkToken(world, email);
    expect(registrationKey).not.toBe(first);
    const confirmation = await api(world, 'POST', '/customer-confirmation', { attributes: { registrationKey } });
    expect(confirmation.status).toBe(204);
    await expect(logIn(world, email)).resolves.toBeDefined();
  });

  test('is told so often and no more; the answer stays the same', async () => {
    const { email } = await activeCustomer(world);
    const before = (await world.mails(email)).length;
    for (let at = 0; at < 12; at++) expect((await register(email)).status).toBe(201);

    expect((await world.mails(email)).length - before).toBe(9);
  });

  test('that was erased leaves its address free', async () => {
    const { id, email } = await activeCustomer(world);
    await anonymizeCustomer(world.app, id);

    const { json } = await register(email);

    expect(await world.sql('select email from customer where reference = $1', [json.data.id])).toEqual([{ email }]);
  });
});

describe('what else is wrong is told for either', () => {
  test.for<[changes: object, errors: string[]]>([
    [both('Correct-Horrrse-7-Battery'), ['400/421']],
    [both('Correct\\Horse\\7\\Battery!'), ['400/420']],
    [{ confirmPassword: PASSWORD }, ['422/406']],
    [{ acceptedTerms: null }, ['400/413']],
    [{ acceptedTerms: false, lastName: '' }, ['422/901', '422/901']],
    [{ firstName: 'x'.repeat(101) }, ['422/901']],
  ])('%j', async ([changes, errors]) => {
    const { email } = await activeCustomer(world);
    const before = (await world.mails(email)).length;

    const [one, other] = [await register(email, changes), await register(newAddress(), changes)];

    expect(errorsOf(one)).toEqual(errors);
    expect(one.text).toBe(other.text);
    expect(await world.mails(email)).toHaveLength(before);
  });

  test('an address that is too long, taken or not', async () => {
    const { id } = await activeCustomer(world);
    const long = (letter: string) => `${letter.repeat(61)}@${'y'.repeat(35)}.org`;
    await world.sql('update customer set email = $2, email_key = $2 where id = $1', [id, long('z')]);

    const [one, other] = [await register(long('z')), await register(long('w'))];

    expect(errorsOf(one)).toEqual(['422/417']);
    expect(one.text).toBe(other.text);
  });
});
