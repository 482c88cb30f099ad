import { signInForTokens, signInRefused, signInStaffForTokens, type TokenPair } from '../../../domain/sign-in/index.ts';
import { tooManyAttempts } from '../../../domain/throttle/index.ts';
import type { App } from '../../../platform/app.ts';
import { credentialsMissing, credentialsWrong, grantUnknown } from '../wire-problems.ts';
import { textOf } from '../resources/text-of.ts';

/** Signs a customer or a staff user in with a password, see docs/glue/applications.md#sign-in. */
export async function grantToken(
  app: App,
  audience: 'customer' | 'staff',
  given: object,
): Promise<Record<string, unknown>> {
  const grant = textOf(given, 'grantType');
  if (grant !== 'password') throw grantUnknown({ grant });
  const [email, password] = [textOf(given, 'username'), textOf(given, 'password')];
  if (!email || !password) throw credentialsMissing({});
  try {
    const { accessToken, refreshToken, expiresIn }: TokenPair =
      audience === 'customer'
        ? await signInForTokens(app, { email, password, door: 'token', clears: false })
        : await signInStaffForTokens(app, { email, password, door: 'staff-token' });
    return { token_type: 'Bearer', expires_in: expiresIn, access_token: accessToken, refresh_token: refreshToken };
  } catch (error) {
    // Attempts are counted here too; a blocked account reads what a wrong password reads.
    throw signInRefused.is(error) || tooManyAttempts.is(error) ? credentialsWrong({}) : error;
  }
}
