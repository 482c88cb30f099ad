import { sql } from 'kysely';
import type { StagedChunk } from './table-importer.ts';
import type { MergeRejection } from './importer.ts';
import {
  customerMissing,
  holdCustomers,
  idTaken,
  keepLast,
  type Merged,
  mergeStaged,
  names,
  type Refusal,
  takeOut,
} from './table-queries.ts';

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
    touch: ['updated_at'],
    refuse: [idTaken('company', 'key', 'key')],
  });

/**
 * Units by their key. Among the rows that are merged together a parent may stand anywhere; a file of more than five
 * thousand has parents first. A parent of another company, and a row that would make a unit its own ancestor, are refused.
 */
export async function mergeUnits(chunk: StagedChunk): Promise<Merged> {
  const { db, staging } = chunk;
  const plain = ['name', 'email', 'phone', 'external_url', 'iban', 'bic'];
  const wrong = await takeOut(chunk, ofCompany, [
    theCompany,
    ofAnother('company_business_unit', 'business_unit_key'),
    idTaken('company_business_unit', 'key', 'business_unit_key'),
    {
      column: 'parent_business_unit_key',
      problem: 'is the unit itself',
      when: 's.parent_business_unit_key = s.business_unit_key',
    },
  ]);
  await keepLast(chunk);
  const uprooted = await takeOutUprooted(chunk);
  const merged = await mergeStaged(chunk, {
    table: 'company_business_unit',
    key: ['key'],
    joins: `${ofCompany} left join company_business_unit parent on parent.key = s.parent_business_unit_key`,
    values: {
      id: 's.id',
      company_id: 'c.id',
      key: 's.business_unit_key',
      parent_id: 'parent.id',
      ...Object.fromEntries(plain.map((name) => [name, `s."${name}"`])),
    },
    updates: { ...Object.fromEntries(plain.map((name) => [name, name])), parent_id: 'parent_business_unit_key' },
  });
  // Parents that came with this chunk were not there yet when their children were.
  await sql`update company_business_unit u set parent_id = p.id
    from ${sql.id(staging)} s join company_business_unit p on p.key = s.parent_business_unit_key
    where u.key = s.business_unit_key and u.parent_id is distinct from p.id`.execute(db);
  return { ...merged, rejected: [...wrong, ...uprooted, ...merged.rejected] };
}

/**
 * Takes units out of staging that no root of their company's tree leads to: their parent, or one above it, is not there,
 * or leads back to them. The tree is the stored one with the rows of the chunk in place, walked down once.
 */
async function takeOutUprooted({ db, staging }: StagedChunk): Promise<MergeRejection[]> {
  const walk = (from: string) => sql`
    select e.company_id, e.key, e.line from edge e where ${sql.raw(from)}
    union all
    select e.company_id, e.key, e.line`;
  const { rows } = await sql<MergeRejection>`
    with recursive edge as materialized (
      select c.id as company_id, s.business_unit_key as key, s.parent_business_unit_key as parent, s.line
      from ${sql.id(staging)} s join company c on c.key = s.company_key
      union all
      select u.company_id, u.key, p.key, null
      from company_business_unit u left join company_business_unit p on p.id = u.parent_id
      where u.key is not null and u.company_id in (select c.id from ${sql.id(staging)} s join company c on c.key = s.company_key)
        and not exists (select 1 from ${sql.id(staging)} s where s.business_unit_key = u.key)
    ), rooted as (
      ${walk('e.parent is null')} from rooted r join edge e on e.company_id = r.company_id and e.parent = r.key
    ), dangling as (
      ${walk('e.parent is not null and not exists (select 1 from edge p where p.company_id = e.company_id and p.key = e.parent)')}
      from dangling d join edge e on e.company_id = d.company_id and e.parent = d.key
    ), refused as materialized (
      select line, 'names no business unit of the company' as problem from dangling where line is not null
      union all
      select line, 'would make the unit its own ancestor' from edge where line is not null
        and line not in (select line from rooted where line is not null)
        and line not in (select line from dangling where line is not null)
    ), gone as (
      delete from ${sql.id(staging)} s using refused where s.line = refused.line
    )
    select line, 'parent_business_unit_key' as "column", problem from refused order by line`.execute(db);
  return rows;
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
export const mergeRoles = (chunk: StagedChunk): Promise<Merged> =>
  mergeStaged(chunk, {
    async before() {
      await keepLastDefault(chunk, 'is_default', 'company_key');
      await sql`update company_role r set is_default = false
        from ${sql.id(chunk.staging)} s join company c on c.key = s.company_key
        where s.is_default and r.company_id = c.id and r.is_default and r.key is distinct from s.company_role_key`.execute(
        chunk.db,
      );
    },
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
  await holdCustomers(chunk);
  return mergeStaged(chunk, {
    async before() {
      await keepLastDefault(chunk, 'is_default', 'customer_id');
      await clearDefaults(chunk, 'is_default', 'u.key is distinct from s.company_user_key');
    },
    table: 'company_user',
    key: ['key'],
    joins: ofCompany,
    values: {
      id: 's.id',
      company_id: 'c.id',
      customer_id: 's.customer_id',
      key: 's.company_user_key',
      is_default: 's.is_default',
      created_at: chunk.moment,
    },
    updates: { is_default: 'is_default' },
    refuse: [
      theCompany,
      ...customerMissing,
      ofAnother('company_user', 'company_user_key'),
      idTaken('company_user', 'key', 'company_user_key'),
      {
        column: 'customer_reference',
        problem: 'is not the customer who has the key already',
        when: 'exists (select 1 from company_user other where other.key = s.company_user_key and other.customer_id <> s.customer_id)',
      },
    ],
  });
}

/** Puts company users into units. All of them move at once, so that one may go where another leaves. */
export async function mergeUnitsOfUsers(chunk: StagedChunk): Promise<Merged> {
  const { db, staging } = chunk;
  const joins = `left join company_user u on u.key = s.company_user_key
    left join company_business_unit b on b.key = s.business_unit_key`;
  const wrong = await takeOut(chunk, joins, [
    names('company_user_key', 'u', 'company user'),
    names('business_unit_key', 'b', 'business unit'),
    { column: 'business_unit_key', problem: 'is a unit of another company', when: 'b.company_id <> u.company_id' },
  ]);
  await keepLast(chunk);
  const twice = await takeOut(chunk, joins, [
    {
      column: 'business_unit_key',
      problem: 'already has the customer',
      when: `exists (select 1 from company_user o where o.customer_id = u.customer_id and o.unit_id = b.id and o.id <> u.id
          and not exists (select 1 from ${staging} leaving where leaving.company_user_key = o.key))
        or exists (select 1 from ${staging} earlier join company_user o on o.key = earlier.company_user_key
          where earlier.line < s.line and o.customer_id = u.customer_id and earlier.business_unit_key = s.business_unit_key)`,
    },
  ]);
  // The database looks at each row by itself: whoever moves leaves first.
  const { rows } = await sql<{ id: string }>`
    update company_user u set unit_id = null from ${sql.id(staging)} s join company_business_unit b on b.key = s.business_unit_key
    where u.key = s.company_user_key and u.unit_id is distinct from b.id returning u.id`.execute(db);
  await sql`update company_user u set unit_id = b.id
    from ${sql.id(staging)} s join company_business_unit b on b.key = s.business_unit_key
    where u.key = s.company_user_key and u.unit_id is null`.execute(db);
  return { created: 0, updated: rows.length, rejected: [...wrong, ...twice] };
}

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
  await holdCustomers(chunk);
  return mergeStaged(chunk, {
    async before() {
      await keepLastDefault(chunk, 'default', 'customer_id');
      const isAnother =
        'u.unit_id is distinct from (select b.id from company_business_unit b where b.key = s.business_unit_key)';
      await clearDefaults(chunk, 'default', isAnother);
    },
    table: 'company_user',
    key: ['customer_id', 'unit_id'],
    joins: `${ofCompany}
      left join company_business_unit b on b.key = s.business_unit_key`,
    values: {
      id: 's.id',
      company_id: 'c.id',
      customer_id: 's.customer_id',
      unit_id: 'b.id',
      is_default: 's."default"',
      created_at: chunk.moment,
    },
    updates: { is_default: 'default' },
    refuse: [
      theCompany,
      ...customerMissing,
      names('business_unit_key', 'b', 'business unit'),
      { column: 'business_unit_key', problem: 'is a unit of another company', when: 'b.company_id <> c.id' },
      {
        column: 'uuid',
        problem: 'is the identifier of another row',
        when: 'exists (select 1 from company_user o where o.id = s.id and (o.customer_id, o.unit_id) is distinct from (s.customer_id, b.id))',
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
    from ${sql.id(staging)} s
    where s.${sql.id(flag)} and u.customer_id = s.customer_id and u.is_default and ${sql.raw(isAnother)}`.execute(db);
}
