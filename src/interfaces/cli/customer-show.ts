import { type AccountView, viewCustomer } from '../../domain/customer-care/index.ts';
import { fullName } from '../../domain/customers/index.ts';
import { command } from './command.ts';

export const customerShow = command({
  name: 'customer:show',
  summary: 'Show what staff need to know of a customer',
  usage: 'REFERENCE|EMAIL',
  options: { json: { type: 'boolean', help: 'as JSON' } },
  notes: `
The audit log records who was looked at. Times are UTC.

  clientele customer:show DE--21
  clientele customer:show ada@example.org --json`,
  async run(app, { options, words: [who = ''] }, { out }) {
    if (!who) {
      out('Which customer? See `clientele customer:show --help`.');
      return 2;
    }
    const view = await viewCustomer(app, who);
    if (!view) {
      out(`There is no customer ${who}.`);
      return 1;
    }
    out(options.json ? JSON.stringify(toJson(view), null, 2) : toText(view));
    return 0;
  },
});

/** Profile and account in one object; what only programs of ours know by is left out. */
function toJson({ customer, ...account }: AccountView) {
  const { accessEndedAt: _accessEndedAt, ...profile } = customer;
  return { ...profile, ...account };
}

const WIDTH = 17;

function toText(view: AccountView): string {
  const { customer } = view;
  const rows = [...profileRows(customer), ...accountRows(view)].flatMap(([label, value]) =>
    value ? [`  ${label.padEnd(WIDTH)} ${printable(value)}`] : [],
  );
  return [`${customer.reference} is ${customer.state}.`, ...rows].join('\n');
}

type Label = readonly [label: string, value: string | null];

const profileRows = (customer: AccountView['customer']): Label[] => [
  ['email', customer.email],
  ['confirmed', moment(customer.verifiedAt) ?? 'no'],
  ['name', [customer.salutation, fullName(customer)].filter(Boolean).join(' ')],
  ['company', customer.company],
  ['gender', customer.gender],
  ['date of birth', customer.dateOfBirth],
  ['phone', customer.phone],
  ['store', customer.store],
  ['locale', customer.locale],
  ['newsletter', customer.newsletter ? 'yes' : 'no'],
];

const accountRows = (view: AccountView): Label[] => [
  ['password', passwordText(view)],
  ['second factor', view.secondFactors.join(', ') || 'none'],
  ['locked', moment(view.lockedAt) ?? 'no'],
  ['blocked until', moment(view.lockedOutUntil) ?? 'not blocked by failed sign-ins'],
  ['last sign-in', moment(view.customer.lastSignInAt) ?? 'never'],
  ['terms accepted', moment(view.termsAcceptedAt)],
  ['companies', view.companies.map(membership).join('; ') || 'none'],
  ['addresses', String(view.addresses)],
  ['orders', String(view.orders)],
  ['created', `${moment(view.customer.createdAt)}${view.isImported ? ', by an import' : ''}`],
  ['imported as', view.importReference],
  ['changed', moment(view.customer.updatedAt)],
];

function passwordText({ hasPassword, customer }: AccountView): string {
  if (!hasPassword) return 'none';
  return customer.passwordChangedAt ? `set, changed ${moment(customer.passwordChangedAt)}` : 'set';
}

const membership = ({ company, unit, roles, isActive }: AccountView['companies'][number]) =>
  `${[company, unit].filter(Boolean).join(' / ')}${roles.length > 0 ? ` (${roles.join(', ')})` : ''}${isActive ? '' : ', not active'}`;

/** To the second; null stays null. */
const moment = (date: Date | null) => (date ? date.toISOString().slice(0, 19).replace('T', ' ') : null);

/** Values that customers typed, without what a terminal would take for a command or a new line. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
