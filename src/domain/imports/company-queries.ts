import { sql } from 'kysely';
import type { StagedChunk } from './table-importer.ts';
import { idTaken, type Merged, mergeStaged, names, type Refusal, writeStaged } from './table-queries.ts';

const ofCompany = 'left join company c on c.key = s.company_key';
const theCompany = names('company_key', 'c', 'company');

/** A key once given to a thing of one company is not taken over by another. */
const ofAnother = (table: string, column: string, staged = column): Refusal => ({
  column,
  problem: 'is the key of another company',
  when: `exists (select 1 from ${table} other where other.key = s."${staged}" and other.company_id <> c.id)`,
});

export const mergeCompanies = (chunk: StagedChunk): Promise<Merged> =>
  mergeStaged(chunk, {
    table: 'company',
    key: ['key'],
    values: {
      id: 's.id',
      key: 's.key',
      name: 's.name',
      is_active: 's.is_active',
      status: "coalesce(s.status, 'pending')",
      created_at: chunk.moment,
      updated_at: chunk.moment,
    },
    updates: { name: 'name', is_active: 'is_active', status: 'status' },
    refuse: [idTaken('company', 'key', 'key')],
  });

/**
 * Units by their key. A parent may stand in the same file, before or after; one of another company, and a row that would
 * make a unit its own ancestor, are refused.
 */
export async function mergeUnits(chunk: StagedChunk): Promise<Merged> {
  const { db, staging } = chunk;
  const merged = await mergeStaged(chunk, {
    table: 'company_business_unit',
    key: ['key'],
    joins: `${ofCompany} left join company_business_unit parent on parent.key = s.parent_business_unit_key`,
    values: {
      id: 's.id',
      company_id: 'c.id',
      key: 's.business_unit_key',
      parent_id: 'parent.id',
      ...Object.fromEntries(
        ['name', 'email', 'phone', 'external_url', 'iban', 'bic'].map((name) => [name, `s."${name}"`]),
      ),
    },
    updates: {
      name: 'name',
      email: 'email',
      phone: 'phone',
      external_url: 'external_url',
      iban: 'iban',
      bic: 'bic',
      parent_id: 'parent_business_unit_key',
    },
    refuse: [
      theCompany,
      ofAnother('company_business_unit', 'business_unit_key'),
      idTaken('company_business_unit', 'key', 'business_unit_key'),
      {
        column: 'parent_business_unit_key',
        problem: 'names no business unit of the company',
        when: `s.parent_business_unit_key is not null and (parent.company_id <> c.id or parent.id is null and not exists (
          select 1 from ${staging} p where p.business_unit_key = s.parent_business_unit_key and p.company_key = s.company_key))`,
      },
      {
        column: 'parent_business_unit_key',
        problem: 'is the unit itself',
        when: 's.parent_business_unit_key = s.business_unit_key',
      },
    ],
  });
  // Parents that came with this chunk were not there yet when their children were.
  await sql`update company_business_unit u set parent_id = p.id
    from ${sql.id(staging)} s join company_business_unit p on p.key = s.parent_business_unit_key
    where u.key = s.business_unit_key and u.company_id = p.company_id and u.id <> p.id and u.parent_id is distinct from p.id`.execute(
    db,
  );
  const cycles = await sql<{ line: number }>`
    with recursive above as (
      select u.id as start, u.id, u.parent_id from company_business_unit u join ${sql.id(staging)} s on s.business_unit_key = u.key
      union all
      select above.start, u.id, u.parent_id from above join company_business_unit u on u.id = above.parent_id
    ) cycle start, id set seen using path,
    turned as (select distinct start from above where parent_id = start and not seen),
    freed as (update company_business_unit u set parent_id = null from turned where u.id = turned.start returning u.key)
    select s.line::int as line from ${sql.id(staging)} s join freed on freed.key = s.business_unit_key`.execute(db);
  const circular = cycles.rows.map(({ line }) => ({
    line,
    column: 'parent_business_unit_key',
    problem: 'would make the unit its own ancestor; it has no parent now',
  }));
  return { ...merged, rejected: [...merged.rejected, ...circular] };
}

export const mergeUnitAddresses = (chunk: StagedChunk): Promise<Merged> => {
  const plain = ['address1', 'address2', 'address3', 'city', 'zip_code', 'phone', 'comment'];
  return mergeStaged(chunk, {
    table: 'company_unit_address',
    key: ['key'],
    joins: ofCompany,
    values: {
      id: 's.id',
      company_id: 'c.id',
      key: 's.address_key',
      country: 's.country_iso2_code',
      ...Object.fromEntries(plain.map((name) => [name, `s."${name}"`])),
    },
    updates: { country: 'country_iso2_code', ...Object.fromEntries(plain.map((name) => [name, name])) },
    refuse: [
      theCompany,
      ofAnother('company_unit_address', 'address_key'),
      idTaken('company_unit_address', 'key', 'address_key'),
    ],
  });
};

export const mergeLabels = (chunk: StagedChunk): Promise<Merged> =>
  mergeStaged(chunk, { table: 'company_unit_address_label', key: ['name'], values: { id: 's.id', name: 's.name' } });

export const mergeLabelRelations = (chunk: StagedChunk): Promise<Merged> =>
  mergeStaged(chunk, {
    table: 'company_unit_address_label_relation',
    key: ['address_id', 'label_id'],
    joins: `left join company_unit_address a on a.key = s.address_key
      left join company_unit_address_label l on l.name = s.label_name`,
    values: { address_id: 'a.id', label_id: 'l.id' },
    refuse: [names('address_key', 'a', 'address'), names('label_name', 'l', 'label')],
  });

export const mergeUnitsOfAddresses = (chunk: StagedChunk): Promise<Merged> =>
  mergeStaged(chunk, {
    table: 'company_business_unit_address',
    key: ['unit_id', 'address_id'],
    joins: `left join company_business_unit u on u.key = s.business_unit_key
      left join company_unit_address a on a.key = s.address_key`,
    values: { company_id: 'u.company_id', unit_id: 'u.id', address_id: 'a.id' },
    refuse: [
      names('business_unit_key', 'u', 'business unit'),
      names('address_key', 'a', 'address'),
      { column: 'address_key', problem: 'is an address of another company', when: 'u.company_id <> a.company_id' },
    ],
  });

/** Roles by their key. Of several default roles of a company the last one is. */
export async function mergeRoles(chunk: StagedChunk): Promise<Merged> {
  const { db, staging } = chunk;
  await keepLastDefault(chunk, 'is_default', 'company_key');
  await sql`update company_role r set is_default = false
    from ${sql.id(staging)} s join company c on c.key = s.company_key
    where s.is_default and r.company_id = c.id and r.is_default and r.key is distinct from s.company_role_key`.execute(
    db,
  );
  return mergeStaged(chunk, {
    table: 'company_role',
    key: ['key'],
    joins: ofCompany,
    values: {
      id: 's.id',
      company_id: 'c.id',
      key: 's.company_role_key',
      name: 's.company_role_name',
      is_default: 's.is_default',
    },
    updates: { name: 'company_role_name', is_default: 'is_default' },
    refuse: [
      theCompany,
      ofAnother('company_role', 'company_role_key'),
      idTaken('company_role', 'key', 'company_role_key'),
    ],
  });
}

export const mergeRolePermissions = (chunk: StagedChunk): Promise<Merged> =>
  mergeStaged(chunk, {
    table: 'company_role_permission',
    key: ['role_id', 'permission'],
    joins: 'left join company_role r on r.key = s.company_role_key',
    values: { role_id: 'r.id', permission: 's.permission_key', configuration: 's.configuration' },
    updates: { configuration: 'configuration' },
    refuse: [names('company_role_key', 'r', 'role')],
  });

/** Company users by their key. Of several defaults of a customer the last one is. */
export async function mergeCompanyUsers(chunk: StagedChunk): Promise<Merged> {
  await keepLastDefault(chunk, 'is_default', 'customer_reference');
  await clearDefaults(chunk, 'is_default', 'u.key is distinct from s.company_user_key');
  return mergeStaged(chunk, {
    table: 'company_user',
    key: ['key'],
    joins: `${ofCompany} left join customer p on p.reference = s.customer_reference and p.anonymized_at is null`,
    values: {
      id: 's.id',
      company_id: 'c.id',
      customer_id: 'p.id',
      key: 's.company_user_key',
      is_default: 's.is_default',
      created_at: chunk.moment,
    },
    updates: { is_default: 'is_default' },
    refuse: [
      theCompany,
      names('customer_reference', 'p', 'customer'),
      ofAnother('company_user', 'company_user_key'),
      idTaken('company_user', 'key', 'company_user_key'),
      {
        column: 'customer_reference',
        problem: 'is not the customer who has the key already',
        when: 'exists (select 1 from company_user other where other.key = s.company_user_key and other.customer_id <> p.id)',
      },
    ],
  });
}

/** Puts company users into units. */
export const mergeUnitsOfUsers = ({ db, staging }: StagedChunk): Promise<Merged> =>
  writeStaged(
    db,
    staging,
    {
      joins: `left join company_user u on u.key = s.company_user_key
        left join company_business_unit b on b.key = s.business_unit_key`,
      values: { user_id: 'u.id', unit_id: 'b.id' },
      refuse: [
        names('company_user_key', 'u', 'company user'),
        names('business_unit_key', 'b', 'business unit'),
        { column: 'business_unit_key', problem: 'is a unit of another company', when: 'b.company_id <> u.company_id' },
        {
          column: 'business_unit_key',
          problem: 'already has the customer',
          when: `exists (select 1 from company_user o where o.customer_id = u.customer_id and o.unit_id = b.id and o.id <> u.id)
            or row_number() over (partition by u.customer_id, b.id order by s.line) > 1`,
        },
      ],
    },
    sql`update company_user set unit_id = good.unit_id from good
      where company_user.id = good.user_id and company_user.unit_id is distinct from good.unit_id returning false as created`,
  );

export const mergeRolesOfUsers = (chunk: StagedChunk): Promise<Merged> =>
  mergeStaged(chunk, {
    table: 'company_user_role',
    key: ['user_id', 'role_id'],
    joins: `left join company_role r on r.key = s.company_role_key
      left join company_user u on u.key = s.company_user_key`,
    values: { company_id: 'u.company_id', user_id: 'u.id', role_id: 'r.id' },
    refuse: [
      names('company_role_key', 'r', 'role'),
      names('company_user_key', 'u', 'company user'),
      { column: 'company_role_key', problem: 'is a role of another company', when: 'r.company_id <> u.company_id' },
    ],
  });

/** Further company users of a customer, known by customer and unit. */
export async function mergeUsersOnBehalf(chunk: StagedChunk): Promise<Merged> {
  await keepLastDefault(chunk, 'default', 'customer_reference');
  await clearDefaults(
    chunk,
    'default',
    'u.unit_id is distinct from (select b.id from company_business_unit b where b.key = s.business_unit_key)',
  );
  return mergeStaged(chunk, {
    table: 'company_user',
    key: ['customer_id', 'unit_id'],
    joins: `${ofCompany} left join customer p on p.reference = s.customer_reference and p.anonymized_at is null
      left join company_business_unit b on b.key = s.business_unit_key`,
    values: {
      id: 's.id',
      company_id: 'c.id',
      customer_id: 'p.id',
      unit_id: 'b.id',
      is_default: 's."default"',
      created_at: chunk.moment,
    },
    updates: { is_default: 'default' },
    refuse: [
      theCompany,
      names('customer_reference', 'p', 'customer'),
      names('business_unit_key', 'b', 'business unit'),
      { column: 'business_unit_key', problem: 'is a unit of another company', when: 'b.company_id <> c.id' },
      {
        column: 'uuid',
        problem: 'is the identifier of another row',
        when: 'exists (select 1 from company_user o where o.id = s.id and (o.customer_id, o.unit_id) is distinct from (p.id, b.id))',
      },
    ],
  });
}

/** There is one default an owner: of several in a chunk the last row's counts. */
async function keepLastDefault({ db, staging }: StagedChunk, flag: string, owner: string): Promise<void> {
  await sql`update ${sql.id(staging)} s set ${sql.id(flag)} = false
    where s.${sql.id(flag)} and exists (select 1 from ${sql.id(staging)} later
      where later.${sql.id(owner)} = s.${sql.id(owner)} and later.${sql.id(flag)} and later.line > s.line)`.execute(db);
}

/** Whoever was a customer's default makes room for the one that comes. */
async function clearDefaults({ db, staging }: StagedChunk, flag: string, isAnother: string): Promise<void> {
  await sql`update company_user u set is_default = false
    from ${sql.id(staging)} s join customer p on p.reference = s.customer_reference
    where s.${sql.id(flag)} and u.customer_id = p.id and u.is_default and ${sql.raw(isAnother)}`.execute(db);
}
