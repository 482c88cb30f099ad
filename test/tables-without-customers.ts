const because = (reason: string, ...tables: string[]) => tables.map((table): [string, string] => [table, reason]);

/** Tables without a customer, and why that is so. Every other one is declared, column by column, by a privacy hook. */
export const NO_CUSTOMER: Readonly<Record<string, string>> = Object.fromEntries([
  ...because('a company, its units and roles, not a person', 'company', 'company_business_unit', 'company_role'),
  ...because('what a company is reached by, not a person', 'company_unit_address', 'company_unit_address_label'),
  ...because('ids of a company', 'company_business_unit_address', 'company_unit_address_label_relation'),
  ...because('permissions of a role', 'company_role_permission', 'staff_role', 'staff_role_right'),
  ...because('people of the shop, not its customers; deleting one is a state', 'staff_user', 'staff_user_role'),
  ...because('of the installation', 'store', 'guest_restriction', 'signing_key', 'secret_seal'),
  ...because('numbers of customers, not who they are', 'customer_tally'),
  ...because('of the installation', 'readiness_check', 'kysely_migration', 'kysely_migration_lock'),
  ...because('formats of hashes, without a hash', 'imported_hash_kind'),
  ...because('its criteria are a digest', 'campaign'),
  ...because('names a file and counts its rows', 'import_run'),
  ...because('digests, forgotten when their window is over', 'throttle'),
  ...because('digests, forgotten with the address or when they are not used', 'known_network'),
  ...because('stands in for a mail server in development, and forgets by itself', 'mailbox'),
]);
