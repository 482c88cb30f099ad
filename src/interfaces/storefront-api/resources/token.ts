import {
  type Bearer,
  refreshTokens,
  signInForTokens,
  signInRefused,
  type TokenPair,
} from '../../../domain/sign-in/index.ts';
import { tooManyAttempts } from '../../../domain/throttle/index.ts';
import { accessTokenInvalid, refreshRefused } from '../../../domain/tokens/index.ts';
import type { App } from '../../../platform/app.ts';
import { parseForm } from '../../../platform/http/form.ts';
import type { Incoming } from '../../../platform/http/incoming.ts';
import { bearerAtLogIn, originOf } from '../who-asks.ts';
import { oauth } from '../wire-problems.ts';

/**
 * The OAuth 2.0 endpoint, see docs/glue/tokens.md#oauth-post-token. The lockout of `access-tokens` does not apply here:
 * attempts are counted separately, and a locked account gets the same answer as a wrong password.
 */
export async function answerToken(app: App, incoming: Incoming, headers: Record<string, string>): Promise<Response> {
  const bearer = await bearerIn(app, incoming);
  if (bearer === 'invalid')
    return new Response('Invalid access token.', {
      status: 401,
      headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' },
    });
  const answer = (status: number, body: object) =>
    new Response(JSON.stringify(body), { status, headers: { ...headers, 'Content-Type': 'application/json' } });

  const form = parseForm(await incoming.text());
  try {
    switch (form.get('grant_type')) {
      case 'password': {
        const [username, password] = [form.get('username'), form.get('password')];
        if (!username || !password) return answer(400, oauth.requestIncomplete);
        return answer(
          200,
          body(await signInForTokens(app, { email: clean(username), password, door: 'token', clears: false })),
        );
      }
      case 'refresh_token': {
        const token = form.get('refresh_token');
        if (!token) return answer(400, oauth.requestIncomplete);
        const asked = bearer ? { ...app, origin: originOf(app.origin, bearer) } : app;
        return answer(200, body(await refreshTokens(asked, token)));
      }
      default:
        return answer(400, oauth.grantInvalid);
    }
  } catch (error) {
    if (signInRefused.is(error) || tooManyAttempts.is(error)) return answer(400, oauth.credentialsWrong);
    if (refreshRefused.is(error)) return answer(400, oauth.refreshTokenInvalid);
    throw error;
  }
}

/** NUL can stand in no text column, and in nobody's address. */
const clean = (text: string) => text.replaceAll('\0', '\uFFFD');

function body({ accessToken, refreshToken, expiresIn }: TokenPair) {
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, refresh_token: refreshToken };
}

/** Who is behind a token that is sent along; none is needed, but it must be valid. */
async function bearerIn(app: App, incoming: Incoming): Promise<Bearer | 'invalid' | undefined> {
  const header = incoming.header('authorization');
  if (!header) return undefined;
  try {
    return await bearerAtLogIn(app, header);
  } catch (error) {
    if (accessTokenInvalid.is(error)) return 'invalid';
    throw error;
  }
}
