import { beforeEach, describe, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { agent, colleague } from '../../../test/staff.ts';
import {
  allStaff,
  createStaffUser,
  grantStaff,
  lastAdministrator,
  mayStaff,
  NewStaffUser,
  rights,
  staffByEmail,
  staffEmailTaken,
  staffNotFound,
  staffRoleUnknown,
} from './index.ts';
import { passwordRefused } from '../passwords/index.ts';

const world = useApp();

const kindOf = async (pending: Promise<unknown>) =>
  pending.then(
    () => 'done',
    (thrown: { kind?: { code: string } }) => thrown.kind?.code ?? thrown,
  );
const entries = (action: string, id: string) =>
  world.sql("select facts, actor from audit_entry where action = $1 and facts->>'staff' = $2", [action, id]);

describe('creating somebody', () => {
  test('says who they are, hashes the password and is written down', async () => {
    const given = colleague({ roles: ['support', 'auditor'] });

    const made = await createStaffUser(world.app, given);

    expect(made).toMatchObject({
      email: given.email,
      firstName: 'Ana',
      lastName: 'Roth',
      state: 'active',
      isAgent: true,
    });
    expect(JSON.stringify(made)).not.toMatch(/password|\$argon/i);
    const [row] = await world.sql('select password_hash from staff_user where id = $1', [made.id]);
    expect(row?.['password_hash']).toMatch(/^\$argon2id\$/);
    expect(await entries('staff.created', made.id)).toMatchObject([
      { facts: { staff: made.id, agent: true, roles: ['support', 'auditor'] } },
    ]);
    expect((await allStaff(world.app.db)).find(({ id }) => id === made.id)?.roles).toEqual(['auditor', 'support']);
  });

  test.for<[password: string, violations: string[]]>([
    ['Ab1!x', ['too-short']],
    [`Ab1!${'xyz'.repeat(42)}`, ['too-long']],
    ['Welcome12345!', ['common-word']],
    ['1qaz2wsx3edc!Q', ['pattern']],
    ['tulip lamp tractor', []],
    ['Shop.Example1@ana', []],
    ['Ana.Roth1@Shop.example', ['personal']],
    ['Qwertyuiop123', ['common']],
    ['', ['too-short']],
  ])('with the password %j is refused for %j', async ([password, violations]) => {
    const email = 'ana.roth1@shop.example';

    const thrown = await createStaffUser(world.app, colleague({ email, password })).catch((error: unknown) => error);

    expect(passwordRefused.is(thrown) ? thrown.details.violations : []).toEqual(violations);
    expect((await staffByEmail(world.app.db, email)) === undefined).toBe(violations.length > 0);
    await world.sql('delete from staff_user where email = $1', [email]);
  });

  test('refuses roles there are not, and leaves nothing behind', async () => {
    const given = colleague({ roles: ['support', 'emperor'] });

    const made = createStaffUser(world.app, given);

    await expect(made).rejects.toMatchObject({
      kind: { code: staffRoleUnknown.code },
      details: { role: 'emperor', known: ['administrator', 'auditor', 'support'] },
    });
    expect(await staffByEmail(world.app.db, given.email)).toBeUndefined();
  });

  test('refuses an address that is taken, in any letter case and by several at once', async () => {
    const { email } = await agent(world);
    expect(await kindOf(agent(world, { email: email.toUpperCase() }))).toBe(staffEmailTaken.code);

    const given = colleague();
    const race = await Promise.all(Array.from({ length: 5 }, () => kindOf(createStaffUser(world.app, given))));
    expect(race.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(race.filter((outcome) => outcome === staffEmailTaken.code)).toHaveLength(4);
  });

  test.for<[field: string, value: unknown]>([
    ['email', 'ana'],
    ['email', `${'a'.repeat(100)}@shop.example`],
    ['firstName', ' '],
    ['firstName', 'x'.repeat(101)],
    ['lastName', ''],
    ['locale', 'german'],
    ['isAgent', 'yes'],
    ['roles', 'support'],
    ['state', 'active'],
    ['isAdministrator', true],
  ])('%s cannot be %j', ([field, value]) => {
    expect(NewStaffUser.safeParse({ ...colleague(), [field]: value }).success).toBe(false);
  });
});

describe('rights', () => {
  let made = 0;
  const rolesOf = async (rules: Record<string, Record<string, 'allow' | 'deny'>>) => {
    const names: string[] = [];
    for (const [name, list] of Object.entries(rules)) {
      const role = `${name}-${(made += 1)}`;
      await world.sql("insert into staff_role (name, description) values ($1, '')", [role]);
      for (const [right, effect] of Object.entries(list))
        await world.sql('insert into staff_role_right values ($1, $2, $3)', [role, right, effect]);
      names.push(role);
    }
    return names;
  };
  const held = async (roles: string[]) => {
    const user = await agent(world, { roles });
    const answers = await Promise.all(rights.map(async (right) => [right, await mayStaff(world.app, user, right)]));
    return answers.filter(([, may]) => may).map(([right]) => right);
  };
  const all = [...rights];
  const allBut = (...without: string[]) => all.filter((right) => !without.includes(right));

  test.for<[name: string, rules: Record<string, Record<string, 'allow' | 'deny'>>, expected: string[]]>([
    ['no role allows nothing', {}, []],
    ['a role allows what it names', { reader: { 'customers.read': 'allow' } }, ['customers.read']],
    [
      'roles add up',
      { one: { 'customers.read': 'allow' }, two: { 'orders.read': 'allow' } },
      ['customers.read', 'orders.read'],
    ],
    ['a star allows everything', { chief: { '*': 'allow' } }, all],
    [
      'a role denies although another allows',
      { chief: { '*': 'allow' }, no: { 'staff.edit': 'deny' } },
      allBut('staff.edit'),
    ],
    [
      'a role denies although it allows by star',
      { most: { '*': 'allow', 'audit.read': 'deny' } },
      allBut('audit.read'),
    ],
    ['the same right, allowed and denied', { yes: { 'staff.edit': 'allow' }, no: { 'staff.edit': 'deny' } }, []],
    ['a denied star denies what is named', { yes: { 'staff.edit': 'allow' }, no: { '*': 'deny' } }, []],
    ['a denied star denies a star', { yes: { '*': 'allow' }, no: { '*': 'deny' } }, []],
    ['a prefix is no right', { vague: { customers: 'allow', 'customers.*': 'allow' } }, []],
  ])('%s', async ([, rules, expected]) => {
    expect(await held(await rolesOf(rules))).toEqual(expected);
  });

  test('the roles that come with the product', async () => {
    expect(await held(['administrator'])).toEqual(all);
    expect(await held(['auditor'])).toEqual(['customers.read', 'orders.read', 'companies.read', 'audit.read']);
    const support = await held(['support']);
    expect(support).toContain('customers.edit');
    for (const right of ['customers.anonymize', 'customers.export', 'staff.edit', 'audit.read', 'imports.run'])
      expect(support).not.toContain(right);
  });

  test.for(['blocked', 'deleted'] as const)('end when somebody is %s', async (state) => {
    await agent(world, { roles: ['administrator'] });
    const { email } = await agent(world, { roles: ['administrator'] });

    expect(await mayStaff(world.app, await grantStaff(world.app, email, { state }), 'customers.read')).toBe(false);
  });
});

describe('a grant', () => {
  test('gives, takes and is written down', async () => {
    const { email, id } = await agent(world, { roles: ['support'], isAgent: false });

    const changed = await grantStaff(world.app, email.toUpperCase(), {
      roles: ['auditor'],
      withdraw: ['support'],
      isAgent: true,
    });

    expect(changed).toMatchObject({ id, isAgent: true, state: 'active' });
    expect(await mayStaff(world.app, changed, 'audit.read')).toBe(true);
    expect(await mayStaff(world.app, changed, 'customers.edit')).toBe(false);
    expect(await entries('staff.granted', id)).toMatchObject([
      { facts: { roles: ['auditor'], withdraw: ['support'], isAgent: true } },
    ]);
  });

  test.for([{ roles: ['emperor'] }, { withdraw: ['emperor'] }, { roles: ['auditor', 'emperor'], isAgent: false }])(
    'refuses roles there are not, and changes nothing: %j',
    async (grant) => {
      const { email, id } = await agent(world);

      expect(await kindOf(grantStaff(world.app, email, grant))).toBe(staffRoleUnknown.code);
      expect(await staffByEmail(world.app.db, email)).toMatchObject({ isAgent: true });
      expect(await world.sql('select role from staff_user_role where staff_id = $1', [id])).toEqual([]);
    },
  );

  test('needs somebody', async () => {
    expect(await kindOf(grantStaff(world.app, 'nobody@shop.example', { isAgent: true }))).toBe(staffNotFound.code);
  });
});

describe('the last administrator', () => {
  beforeEach(() => world.sql('delete from staff_user_role'));
  const administrator = () => agent(world, { roles: ['administrator'] });
  const restrict = async () => {
    await world.sql("insert into staff_role values ('restricted', '') on conflict do nothing");
    await world.sql("insert into staff_role_right values ('restricted', 'audit.read', 'deny') on conflict do nothing");
  };

  test.for([
    { withdraw: ['administrator'] },
    { state: 'blocked' },
    { state: 'deleted' },
    { withdraw: ['administrator'], roles: ['support'] },
    { roles: ['restricted'] },
  ] as const)('cannot lose it: %j', async (grant) => {
    await restrict();
    const { email } = await administrator();
    await agent(world, { roles: ['support'] });

    expect(await kindOf(grantStaff(world.app, email, grant))).toBe(lastAdministrator.code);

    const still = await staffByEmail(world.app.db, email);
    expect(still && (await mayStaff(world.app, still, 'staff.edit'))).toBe(true);
    expect((await allStaff(world.app.db)).find((one) => one.email === email)?.roles).toEqual(['administrator']);
  });

  test('does not count those who are blocked or denied something', async () => {
    await restrict();
    const { email } = await administrator();
    await grantStaff(world.app, (await administrator()).email, { state: 'blocked' });
    await agent(world, { roles: ['administrator', 'restricted'] });

    expect(await kindOf(grantStaff(world.app, email, { withdraw: ['administrator'] }))).toBe(lastAdministrator.code);
  });

  test('may lose it to another, in any other way be changed', async () => {
    const { email } = await administrator();
    expect(await kindOf(grantStaff(world.app, email, { isAgent: false, roles: ['support'] }))).toBe('done');

    await administrator();
    expect(await kindOf(grantStaff(world.app, email, { withdraw: ['administrator'], state: 'blocked' }))).toBe('done');
  });

  test('is left when all are withdrawn at once', async () => {
    const emails: string[] = [];
    for (let at = 0; at < 4; at++) emails.push((await administrator()).email);

    const outcomes = await Promise.all(
      emails.map((email, at) =>
        kindOf(grantStaff(world.app, email, at % 2 ? { state: 'blocked' } : { withdraw: ['administrator'] })),
      ),
    );

    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === lastAdministrator.code)).toHaveLength(1);
  });
});

test('a password of somebody who works here stands nowhere', async () => {
  const password = `Canary-Staff-${[...String(process.pid)].join('-')}-Wren`;
  await agent(world, { password });
  await kindOf(agent(world, { password: password.toLowerCase().slice(0, 11) }));
  const tables = await world.sql(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );

  for (const { name } of tables)
    expect(await world.sql(`select 1 from "${String(name)}" t where position($1 in t::text) > 0`, [password])).toEqual(
      [],
    );
});
