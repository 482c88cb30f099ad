import { type Customer } from '../../domain/customers/index.ts';
import { DEVICE_SECONDS, rememberDevice, replaceSession, startSession } from '../../domain/sessions/index.ts';
import { tooManyAttempts } from '../../domain/throttle/index.ts';
import { signIn, signInRefused } from '../../domain/sign-in/index.ts';
import type { App } from '../../platform/app.ts';
import { Check, Field, Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { placeOf } from './place.ts';
import { redirectTarget, withTarget } from './redirect-target.ts';
import { forgetEmail, rememberedEmail } from './remembered-email.ts';
import type { Page, Visit } from './visit.ts';
import { sentences, statusOf } from './words.ts';

const FORM = 'loginForm';

function LogIn({ visit }: { visit: Visit }) {
  const { t, typed, url, query } = visit;
  const target = redirectTarget(visit);
  return (
    <>
      <h1>{t('customer.login')}</h1>
      <p className="lead">{t('customer.login.lead')}</p>
      <Form visit={visit} name={FORM} action={url('/login_check')}>
        <Hidden form={FORM} name="target" value={localPath(typed?.('target') || query.get('target'))} />
        {target && <Hidden form={FORM} name="redirect_uri" value={target} />}
        <Field
          form={FORM}
          name="email"
          type="email"
          label={t('customer.email')}
          autoComplete="username"
          value={typed?.('email') ?? rememberedEmail(visit)}
          maxLength={255}
        />
        <Field
          form={FORM}
          name="password"
          type="password"
          label={t('customer.password')}
          autoComplete="current-password"
        />
        <p className="beside">
          <a href={url('/password/forgotten', withTarget(visit))} data-qa="customer-forgot-password-link">
            {t('customer.password.forgotten')}
          </a>
        </p>
        <Check
          form={FORM}
          name="remember_me"
          label={t('customer.login.remember_me')}
          checked={typed?.('remember_me') === '1'}
        />
        <Submit>{t('customer.login')}</Submit>
      </Form>
      <p className="aside">
        <a href={url('/register', withTarget(visit))}>{t('customer.login.register')}</a>
      </p>
      <p className="aside">
        <a href={url('/register/resend', withTarget(visit))}>{t('customer.confirmation.resend')}</a>
      </p>
    </>
  );
}

/** The form leads to the hosts of REDIRECT_HOSTS when the shopper came from one. */
const show = (visit: Visit, options: Parameters<Visit['render']>[2] = {}) =>
  visit.render(visit.t('customer.login'), <LogIn visit={visit} />, {
    ...options,
    formTargets: redirectTarget(visit) ? visit.app.config.REDIRECT_HOSTS : [],
  });

export const loginPage: Page = { path: '/login', anonymous: true, get: (visit) => show(visit) };

/** Takes the log-in form, at the address that the reference product's form has. */
export const loginCheckPage: Page = {
  path: '/login_check',
  forms: [FORM],
  anonymous: true,
  replacesSession: true,
  get: (visit) => show(visit),

  async post(visit) {
    const { app, t, typed = () => '', cookies, incoming } = visit;
    const remembered = typed('remember_me') === '1';
    try {
      const device = cookies.get('device');
      const credentials = {
        email: typed('email').trim(),
        password: typed('password'),
        door: 'customer',
        clears: true,
        device,
      } as const;
      const started = await signIn(app, credentials, (app, customer) =>
        beginSession(app, customer, {
          remembered,
          device,
          replaced: cookies.get('session'),
          userAgent: incoming.header('user-agent'),
        }),
      );
      cookies.set('session', started.token, remembered ? started.seconds : undefined);
      cookies.set('device', started.device, DEVICE_SECONDS);
      if (cookies.get('target') !== undefined) cookies.remove('target');
      forgetEmail(visit);
      return goOn(visit);
    } catch (error) {
      const text = tooManyAttempts.is(error)
        ? t('security_blocker_page.wait', error.details)
        : sentences(t, error).join(' ');
      // 401 is for HTTP authentication; a form that was understood and refused is 422.
      return show(visit, {
        status: signInRefused.is(error) ? 422 : statusOf(error),
        notice: { kind: 'error', text },
      });
    }
  },
};

interface Beginning {
  remembered: boolean;
  device: string | undefined;
  /** Cookie of the session that was there before. */
  replaced: string | undefined;
  userAgent: string | undefined;
}

async function beginSession(
  app: App,
  { id: customerId }: Customer,
  { remembered, device, replaced, userAgent }: Beginning,
) {
  if (replaced) await replaceSession(app, replaced);
  return {
    ...(await startSession(app, { customerId, remembered, userAgent })),
    device: await rememberDevice(app, customerId, device),
  };
}

/** Goes where the shopper wanted to before they had to sign in, or to their account. */
export function goOn(visit: Visit): Response {
  const target = redirectTarget(visit);
  return target ? visit.leave(target) : visit.redirect(localPath(visit.typed?.('target') ?? visit.query.get('target')));
}

/** A page of ours to go on to: never another site, whatever the address said, nor to log in again or out. */
function localPath(target: string | null | undefined): string {
  const isLocal = target && /^(?:\/[\w-]+)+\/?$/.test(target);
  return isLocal && !['/login', '/login_check', '/logout'].includes(placeOf(target).path)
    ? target
    : '/customer/overview';
}
