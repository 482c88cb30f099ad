import { removeDemo } from '../../domain/demo/index.ts';
import { agree, command } from './command.ts';

export const demoRemove = command({
  name: 'demo:remove',
  summary: 'Remove the accounts of the demo shop with their orders and companies, and nothing else',
  options: {
    'dry-run': { type: 'boolean', help: 'count, remove nothing' },
    force: { type: 'boolean', short: 'f', help: 'do not ask' },
  },
  async run(app, { options }, terminal) {
    const { customers, orders, companies, staff, kept } = await removeDemo(app, { dryRun: true });
    const counts = `${customers} customers, ${orders} orders, ${companies} companies and ${staff} staff users of the demo shop`;
    for (const name of kept) terminal.out(`${name} stays: others work for it.`);
    if (customers + orders + companies + staff === 0) {
      terminal.out('There is nothing of the demo shop.');
      return 0;
    }
    if (options['dry-run']) {
      terminal.out(`${counts} would be removed.`);
      return 0;
    }
    if (!options.force && !(await agree(terminal, `Remove ${counts} for good?`))) return 1;
    await removeDemo(app, { dryRun: false });
    terminal.out(`${counts} were removed.`);
    if (staff > 0) terminal.out('Staff users of your own: `clientele user:create`.');
    return 0;
  },
});
