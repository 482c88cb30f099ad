import { removeExpiredTokens, rotateKeys, secretRotating } from '../../domain/tokens/index.ts';
import { command } from './command.ts';

export const removeExpired = command({
  name: 'oauth:refresh-token:remove-expired',
  summary: 'Remove refresh tokens that expired; the server does so by itself every five minutes',
  async run(app, _call, { out }) {
    const { tokens } = await removeExpiredTokens(app);
    out(`${tokens} expired refresh tokens removed`);
    return 0;
  },
});

export const keysRotate = command({
  name: 'keys:rotate',
  summary: 'Sign access tokens with a new key from now on; tokens of the older ones stay valid until they expire',
  async run(app, _call, { out }) {
    try {
      out(`new signing key ${await rotateKeys(app)}`);
      return 0;
    } catch (error) {
      if (!secretRotating.is(error)) throw error;
      out('SECRET is being rotated: run `clientele secret:rotate` first.');
      return 1;
    }
  },
});
