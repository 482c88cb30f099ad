/** What people who work for the shop may do, by what they do; a role allows or denies them. */
export const rights = [
  'customers.read',
  'customers.create',
  'customers.edit',
  'customers.lock',
  'customers.reset',
  'customers.anonymize',
  'customers.export',
  'customers.assist',
  'addresses.edit',
  'orders.read',
  'orders.feed',
  'companies.read',
  'companies.edit',
  'guest-access.edit',
  'imports.run',
  'campaigns.run',
  'staff.read',
  'staff.edit',
  'audit.read',
] as const;
export type Right = (typeof rights)[number];

/** A role's word on a right; `*` is every right. */
export interface RightRule {
  right: string;
  effect: 'allow' | 'deny';
}

/** Whether rules of any number of roles allow a right: one that any of them denies is denied, whatever the others say. */
export function allows(rules: readonly RightRule[], right: Right): boolean {
  const about = rules.filter((rule) => rule.right === right || rule.right === '*');
  return about.some(({ effect }) => effect === 'allow') && !about.some(({ effect }) => effect === 'deny');
}
