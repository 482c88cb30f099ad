import { dirname } from 'node:path';
import { readSeal, resetSecret, rotateSecret } from '../../domain/tokens/index.ts';
import type { App } from '../../platform/app.ts';
import { forgetPreviousSecret, openSecrets, replaceGeneratedSecret } from '../../platform/crypto/secrets.ts';
import { isServed } from '../../platform/database/hold.ts';
import { agree, command } from './command.ts';

export const secretRotate = command({
  name: 'secret:rotate',
  summary: 'Bind the database to a new SECRET; nobody is signed out',
  notes: `
With SECRET from the environment:
  1. Set the new one as SECRET and the one before as SECRET_PREVIOUS on every instance, and restart them.
  2. Run this command with the same settings.
  3. Remove SECRET_PREVIOUS with the next restart.

With a secret that was generated into DATA_DIR: stop the server and run this command.`,
  async run(app, _call, { out }) {
    const { file } = app.secrets;
    if (file !== undefined) return rotateGenerated(app, file, out);
    if ((await readSeal(app.db, app.secrets)) === 'current') {
      out(
        app.secrets.previous
          ? 'The database is bound to this SECRET already. SECRET_PREVIOUS can be removed with the next restart.'
          : 'Nothing to rotate: set a new SECRET, and the one of now as SECRET_PREVIOUS. See `clientele secret:rotate --help`.',
      );
      return app.secrets.previous ? 0 : 1;
    }
    out(rotated(await rotateSecret(app)));
    out('Remove SECRET_PREVIOUS with the next restart.');
    return 0;
  },
});

const rotated = (keys: number | undefined) =>
  `The database is bound to the new secret; signing keys encrypted again: ${keys ?? 0}.`;

async function rotateGenerated(app: App, file: string, out: (line: string) => void): Promise<number> {
  if (await isServed(app.connection)) {
    out('A server uses this database, and it knows only the secret of now. Stop it first.');
    return 1;
  }
  // An earlier call that broke off has made the new secret already.
  if ((await readSeal(app.db, app.secrets)) !== 'previous') await replaceGeneratedSecret(file);
  const secrets = await openSecrets(app.config, dirname(file));
  out(rotated(await rotateSecret({ ...app, secrets })));
  await forgetPreviousSecret(file);
  out(`The new secret is in ${file}: back it up with the database.`);
  return 0;
}

export const secretReset = command({
  name: 'secret:reset',
  summary: 'Bind the database to the present SECRET when the previous one is lost',
  options: {
    'dry-run': { type: 'boolean', help: 'only say what would be lost' },
    force: { type: 'boolean', short: 'f', help: 'do not ask' },
  },
  anySecret: true,
  async run(app, { options }, terminal) {
    const state = await readSeal(app.db, app.secrets);
    if (state === 'current' || state === undefined) {
      terminal.out('The database is bound to this secret. Nothing was done.');
      return 0;
    }
    terminal.out(
      [
        'The database belongs to another secret. Without it, these are lost:',
        '  - signing keys: access tokens are refused, clients refresh them or sign in again',
        '  - one-time codes that were sent and not yet entered',
        '  - forms that are open in a browser: they have to be sent twice',
        'Accounts, passwords, sessions on pages, refresh tokens and mailed links stay valid.',
      ].join('\n'),
    );
    if (state === 'previous')
      terminal.out('SECRET_PREVIOUS is the one before: `clientele secret:rotate` loses nothing.');
    if (options['dry-run']) return 0;
    if (!options.force && !(await agree(terminal, 'Bind the database to the present SECRET?'))) return 1;
    terminal.out(`The database is bound to this secret; signing keys removed: ${await resetSecret(app)}.`);
    terminal.out('Restart every server, so that none keeps an old key.');
    return 0;
  },
});
