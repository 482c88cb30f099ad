import { forCustomers } from '../resource.ts';
import { notImplemented } from '../wire-problems.ts';

/** A collection that nobody lists, §11; the contract calls some an endpoint and others a resource. */
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
