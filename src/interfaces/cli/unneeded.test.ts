import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useConsole } from '../../../test/console.ts';
import { findCommand } from './index.ts';

const run = useConsole(useApp());

test.for<[name: string, args: string[]]>([
  ['customer:delete-expired-customer-invalidated', []],
  ['oauth:scope-collection-file:generate', []],
  ['customer-addresses:uuid:generate', []],
  ['uuid:generate', ['customer', 'spy_customer_address']],
  ['session:lock:remove', ['-f']],
])(
  '%s from a crontab of the reference product says that there is nothing to do, and succeeds',
  async ([name, args]) => {
    const { status, text } = await run(name, args);

    expect(status).toBe(0);
    expect(text).toMatch(/^Nothing to do: .+\.$/);
  },
);

test('such a command needs no database', async () => {
  expect((await findCommand('uuid:generate')?.load())?.needs).toBe('config');
});
