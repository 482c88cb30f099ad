import { forCustomers } from '../resource.ts';
import { notImplemented } from '../wire-problems.ts';

/** A collection without a list: 501, see docs/glue/companies.md. Some texts say endpoint, others resource. */
export function notListed(what: 'Endpoint' | 'Resource', summary: string) {
  const refuse = () => notImplemented({ what });
  return forCustomers({
    method: 'GET',
    at: 'many',
    summary,
    nobody: refuse,
    problems: [refuse()],
    handle() {
      throw refuse();
    },
  });
}
