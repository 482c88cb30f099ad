import { sql } from 'kysely';
import type { Db } from '../../platform/database/open.ts';

export interface CompanyMembership {
  company: string;
  unit: string | null;
  isActive: boolean;
  roles: string[];
}

/** What staff see of an account beside the profile. */
export interface AccountDetails {
  /** When staff locked the account. */
  lockedAt: Date | null;
  termsAcceptedAt: Date | null;
  hasPassword: boolean;
  isImported: boolean;
  /** The reference in imported files, where it is another one. */
  importReference: string | null;
  secondFactors: string[];
  addresses: number;
  orders: number;
  companies: CompanyMembership[];
}

/** Returns undefined if no account has this id or it was anonymized. */
export async function accountDetails(db: Db, id: string): Promise<AccountDetails | undefined> {
  const { rows } = await sql<AccountDetails>`
    select c.locked_at, c.terms_accepted_at, c.import_reference,
      c.password_hash is not null as has_password,
      c.import_run_id is not null as is_imported,
      array(select type from mfa_method where owner_id = c.id and state = 'activated' order by type) as second_factors,
      (select count(*)::int from customer_address where customer_id = c.id) as addresses,
      (select count(*)::int from sales_order where customer_id = c.id) as orders,
      array(
        select jsonb_build_object(
          'company', o.name,
          'unit', u.name,
          'isActive', cu.is_active and o.is_active,
          'roles', array(
            select r.name from company_user_role cr join company_role r on r.id = cr.role_id
            where cr.user_id = cu.id order by r.number))
        from company_user cu
        join company o on o.id = cu.company_id
        left join company_business_unit u on u.id = cu.unit_id
        where cu.customer_id = c.id order by cu.number
      ) as companies
    from customer c where c.id = ${id} and c.anonymized_at is null`.execute(db);
  return rows[0];
}
