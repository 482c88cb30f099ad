import { type Command, configCommand } from './command.ts';

/**
 * A command of the reference product that has nothing to do here. Crontabs and deployment scripts call it,
 * so it says why there is nothing to do and succeeds. Needs no database, as scripts may call it before there is one.
 */
function unneeded(name: string, reason: string): Command {
  return configCommand({
    name,
    summary: `Does nothing, for scripts that call it: ${reason}`,
    usage: '[ARGUMENT…]',
    options: { force: { type: 'boolean', short: 'f', help: 'accepted' } },
    async run(_config, _call, { out }) {
      out(`Nothing to do: ${reason}.`);
      return 0;
    },
  });
}

export const unneededCommands: readonly Command[] = [
  unneeded('customer:delete-expired-customer-invalidated', 'ended sessions are removed every hour by the server'),
  unneeded('oauth:scope-collection-file:generate', 'scopes need no file'),
  unneeded('customer-addresses:uuid:generate', 'every address has a UUID from the start'),
  unneeded('uuid:generate', 'every record has a UUID from the start'),
  unneeded('session:lock:remove', 'sessions are not locked'),
];
