import { beforeAll, describe, expect, test } from 'vitest';
import { api, type ApiAnswer, type ApiCall, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';

const world = useApp();

const complete = {
  salutation: 'Ms',
  firstName: 'Ida',
  lastName: 'Noor',
  address1: 'Julie-Wolfthorn-Straße',
  address2: '1',
  address3: 'Hinterhaus',
  zipCode: '10115',
  city: 'Berlin',
  iso2Code: 'DE',
  company: 'Noor AG',
  phone: '+49 30 1234567',
  isDefaultShipping: false,
  isDefaultBilling: false,
};

const UNKNOWN = '{"errors":[{"detail":"Address was not found.","status":404,"code":"404"}]}';
const FORBIDDEN = '{"errors":[{"detail":"Unauthorized request.","status":403,"code":"411"}]}';
const NO_ID = '{"errors":[{"detail":"Resource id is not specified.","status":400}]}';
const UUID = '00000000-0000-7000-8000-000000000000';

/** A customer and the calls they make below their addresses. */
async function shopper() {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  const list = `/customers/${customer.reference}/addresses`;
  const send = (method: string, path: string, attributes?: object) => api(world, method, path, call(attributes, token));
  return {
    ...customer,
    token,
    list,
    send,
    add: (attributes: object = complete, path = list) => send('POST', path, attributes),
    count: async () => (await world.sql('select 1 from customer_address where customer_id = $1', [customer.id])).length,
  };
}

const call = (attributes?: object, token?: string): ApiCall => ({
  ...(token ? { token } : {}),
  ...(attributes ? { body: { data: { type: 'addresses', attributes } } } : {}),
});
const idOf = ({ json }: ApiAnswer): string => json.data.id;

describe('the verbs', () => {
  test('POST answers the new address, with its fourteen attributes in the order of the contract', async () => {
    const { add, list } = await shopper();

    const answer = await add();

    expect(answer.status).toBe(201);
    expect(idOf(answer)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const { isDefaultShipping, isDefaultBilling, iso2Code, company, phone, ...before } = complete;
    expect(answer.text).toBe(
      JSON.stringify({
        data: {
          type: 'addresses',
          id: idOf(answer),
          attributes: {
            ...before,
            country: 'Germany',
            iso2Code,
            company,
            phone,
            isDefaultShipping: !isDefaultShipping,
            isDefaultBilling: !isDefaultBilling,
          },
          links: { self: `http://shop.test${list}/${idOf(answer)}` },
        },
      }),
    );
  });

  test('what was left out of address3, company and phone comes back as null', async () => {
    const { add, send, list } = await shopper();
    const { address3, company, phone, ...least } = complete;
    expect([address3, company, phone]).not.toContain(undefined);

    const { json } = await add(least);

    expect(json.data.attributes).toMatchObject({ address3: null, company: null, phone: null });
    expect(Object.keys(json.data.attributes)).toHaveLength(14);
    expect((await send('GET', `${list}/${json.data.id}`)).json).toEqual(json);
  });

  test('GET answers all addresses as a list, in order of creation, even after a change', async () => {
    const { add, send, list } = await shopper();
    expect((await send('GET', list)).text).toBe(`{"data":[],"links":{"self":"http://shop.test${list}"}}`);
    const first = await add({ ...complete, city: 'Zossen' });
    expect((await send('GET', list)).json).toEqual({
      data: [first.json.data],
      links: { self: `http://shop.test${list}` },
    });
    const second = await add({ ...complete, city: 'Aachen' });
    await send('PATCH', `${list}/${idOf(first)}`, { firstName: 'Zoe' });

    const { status, json } = await send('GET', list);

    expect(status).toBe(200);
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual([idOf(first), idOf(second)]);
  });

  test('GET of one answers what POST did', async () => {
    const { add, send, list } = await shopper();
    const made = await add();

    const { status, text } = await send('GET', `${list}/${idOf(made)}`);

    expect(status).toBe(200);
    expect(text).toBe(made.text);
  });

  test('PATCH changes what is given and answers the whole address', async () => {
    const { add, send, list } = await shopper();
    const { id, attributes, links } = (await add()).json.data;
    const change = { city: 'Wien', iso2Code: 'AT', zipCode: '1010', phone: null, address3: '' };

    const answer = await send('PATCH', `${list}/${id}`, change);

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      data: { type: 'addresses', id, attributes: { ...attributes, ...change, country: 'Austria' }, links },
    });
    expect((await send('GET', `${list}/${id}`)).text).toBe(answer.text);
    expect((await send('PATCH', `${list}/${id}`, {})).text).toBe(answer.text);
  });

  test('DELETE removes an address, once', async () => {
    const { add, send, list, count } = await shopper();
    const gone = await add();
    const kept = await add();

    const answer = await send('DELETE', `${list}/${idOf(gone)}`);

    expect(answer).toMatchObject({ status: 204, text: '' });
    for (const method of ['GET', 'DELETE']) {
      expect(await send(method, `${list}/${idOf(gone)}`)).toMatchObject({ status: 404, text: UNKNOWN });
    }
    expect(await count()).toBe(1);
    expect((await send('GET', list)).json.data[0].id).toBe(idOf(kept));
  });
});

describe('links', () => {
  test('of a list and its items carry the query', async () => {
    const { add, send, list } = await shopper();
    const id = idOf(await add());

    const { json } = await send('GET', `${list}/?a=b%20c&d`);

    expect(json.links).toEqual({ self: `http://shop.test${list}/?a=b%20c&d` });
    expect(json.data[0].links).toEqual({ self: `http://shop.test${list}/${id}?a=b%20c&d` });
  });

  test('of one are the address as it was sent', async () => {
    const { add, send, list } = await shopper();
    const path = `${list.replace('--', '%2D-')}/${idOf(await add())}?a=b+c`;

    for (const answer of [await send('GET', path), await send('PATCH', path, {})]) {
      expect(answer.json.data.links).toEqual({ self: `http://shop.test${path}` });
    }
  });

  test.for(['', '/'])('of a created one are its own, whether or not a slash ended the path: "%s"', async (slash) => {
    const { add, list } = await shopper();

    const { json } = await add(complete, `${list}${slash}?a=b`);

    expect(json.data.links).toEqual({ self: `http://shop.test${list}/${json.data.id}?a=b` });
  });
});

test('fields select attributes; a relation that addresses do not have brings nothing', async () => {
  const { add, send, list } = await shopper();
  const id = idOf(await add());

  const { json } = await send('GET', `${list}/${id}?fields[addresses]=zipCode,nonsense,city&include=customers`);

  expect(JSON.stringify(json.data.attributes)).toBe('{"zipCode":"10115","city":"Berlin"}');
  expect([Object.keys(json), Object.keys(json.data)]).toEqual([['data'], ['type', 'id', 'attributes', 'links']]);
});

describe('references', () => {
  let me: Awaited<ReturnType<typeof shopper>>;
  let other: typeof me;
  let mine: ApiAnswer;
  let theirs: ApiAnswer;
  beforeAll(async () => {
    [me, other] = [await shopper(), await shopper()];
    [mine, theirs] = [await me.add(), await other.add()];
  });

  const verbs = [
    ['GET', ''],
    ['POST', ''],
    ['GET', '/{id}'],
    ['PATCH', '/{id}'],
    ['DELETE', '/{id}'],
  ] as const;
  const bodyOf = (method: string) =>
    method === 'POST' ? complete : method === 'PATCH' ? { firstName: 'Eve' } : undefined;

  test.for(verbs)('%s /customers/{foreign or unknown}/addresses%s is forbidden', async ([method, tail]) => {
    for (const reference of [other.reference, 'DE--0', 'mine', me.reference.toLowerCase(), '%00']) {
      for (const id of tail ? [idOf(theirs), idOf(mine), UUID] : ['']) {
        const path = `/customers/${reference}/addresses${tail.replace('{id}', id)}`;
        expect(await me.send(method, path, bodyOf(method))).toMatchObject({ status: 403, text: FORBIDDEN });
      }
    }
    expect([await other.count(), await me.count()]).toEqual([1, 1]);
    expect((await other.send('GET', `${other.list}/${idOf(theirs)}`)).text).toBe(theirs.text);
  });

  test.for(verbs)('%s /customers//addresses%s: an empty reference is nobody', async ([method, tail]) => {
    const path = `/customers//addresses${tail.replace('{id}', idOf(mine))}`;

    const noId = method === 'PATCH' || method === 'DELETE';
    expect(await me.send(method, path, bodyOf(method))).toMatchObject(
      noId ? { status: 400, text: NO_ID } : { status: 403, text: FORBIDDEN },
    );
  });

  test('without the segment of the customer, "addresses" is a customer', async () => {
    expect(errorsOf(await me.send('GET', '/customers/addresses'))).toEqual(['404/402']);
    expect(await me.send('POST', '/customers/addresses', complete)).toMatchObject({
      text: '{"errors":[{"status":404,"detail":"Not Found"}]}',
    });
  });

  test.for(['GET', 'PATCH', 'DELETE'])('%s of an address that is not mine to see is not found', async (method) => {
    for (const id of [idOf(theirs), UUID, 'mine', '1', `${UUID}0`, '%00', "'%20or%20''='"]) {
      expect(await me.send(method, `${me.list}/${id}`, bodyOf(method))).toMatchObject({ status: 404, text: UNKNOWN });
    }
    expect(await other.count()).toBe(1);
  });

  test.for(['PATCH', 'DELETE'])('%s without an id is 400, whoever asks', async (method) => {
    const { list, token } = me;

    for (const path of [list, `${list}/`, `${list}//`]) {
      for (const who of [token, undefined, 'nonsense']) {
        expect(await api(world, method, path, call(bodyOf(method), who))).toMatchObject({ status: 400, text: NO_ID });
      }
    }
  });

  test.for(verbs)('%s %s without a token is 403/002, whatever the body says', async ([method, tail]) => {
    const body = bodyOf(method) && { firstName: '' };
    expect(errorsOf(await api(world, method, `${me.list}${tail.replace('{id}', UUID)}`, call(body)))).toEqual([
      '403/002',
    ]);
  });
});

test('a violation is told before a wrong reference, and a wrong type before a missing token', async () => {
  const { send, list } = await shopper();

  expect(errorsOf(await send('POST', '/customers/DE--0/addresses', { ...complete, city: 'Y' }))).toEqual(['422/901']);
  expect(errorsOf(await send('PATCH', `/customers/DE--0/addresses/${UUID}`, { city: 'Y' }))).toEqual(['422/901']);
  const wrongType = await api(world, 'POST', list, { body: { data: { type: 'address', attributes: complete } } });
  expect(wrongType.text).toBe('{"errors":[{"detail":"Invalid type.","status":400}]}');
});

test('a second factor is asked for by every change, and by no reading', async () => {
  const { add, send, list, id: customerId } = await shopper();
  const path = `${list}/${idOf(await add())}`;
  await world.sql(
    "insert into mfa_method (owner_id, type, state, created_at) values ($1, 'email', 'activated', now())",
    [customerId],
  );

  for (const answer of [await add(), await send('PATCH', path, {}), await send('DELETE', path)]) {
    expect(errorsOf(answer)).toEqual(['403/5900']);
  }
  expect(errorsOf(await add(complete, '/customers/DE--0/addresses'))).toEqual(['403/411', '403/5900']);
  expect([(await send('GET', list)).status, (await send('GET', path)).status]).toEqual([200, 200]);
});
