import { registerSilently } from '../../domain/customers/index.ts';
import { checkPasswordRules, passwordRefused, type Person } from '../../domain/passwords/index.ts';
import { rateLimited } from '../../domain/throttle/index.ts';
import { Check, Field, Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { emailMistake, type FieldErrors, NewPasswordFields, PersonFields, readPerson } from './person.tsx';
import type { Page, Visit } from './visit.ts';
import { pathWithTarget, redirectTarget, rememberTarget, withTarget } from './redirect-target.ts';
import { rememberEmail } from './remembered-email.ts';
import { sentences } from './words.ts';

const FORM = 'registerForm';

function Register({ visit, errors = {} }: { visit: Visit; errors?: FieldErrors }) {
  const { t, typed, url, shop } = visit;
  const target = redirectTarget(visit);
  return (
    <>
      <h1>{t('customer.registration')}</h1>
      <p className="lead">{t('customer.registration.lead', { shop: shop.name })}</p>
      <Form visit={visit} name={FORM} action={url('/register')}>
        <Hidden form={FORM} name="is_guest" value="" />
        {target && <Hidden form={FORM} name="redirect_uri" value={target} />}
        <PersonFields visit={visit} form={FORM} errors={errors} value={(name) => typed?.(name)} salutationRequired />
        <Field
          form={FORM}
          name="email"
          type="email"
          label={t('customer.email')}
          autoComplete="username"
          value={typed?.('email')}
          maxLength={100}
          error={errors['email']}
        />
        <NewPasswordFields
          visit={visit}
          form={FORM}
          errors={errors}
          label={t('customer.password')}
          names={['password.pass', 'password.confirm']}
        />
        <Check
          form={FORM}
          name="accept_terms"
          label={t('customer.accept_terms')}
          checked={typed?.('accept_terms') === '1'}
          required
          error={errors['accept_terms']}
        />
        {shop.termsUrl && (
          <p className="hint">
            <a href={shop.termsUrl}>{t('customer.accept_terms.read')}</a>
          </p>
        )}
        <Submit>{t('customer.registration.submit')}</Submit>
      </Form>
      <p className="aside">
        <a href={url('/login', withTarget(visit))}>{t('customer.registration.login')}</a>
      </p>
    </>
  );
}

export const registerPage: Page = {
  path: '/register',
  forms: [FORM],
  anonymous: true,

  get: (visit) => visit.render(visit.t('customer.registration'), <Register visit={visit} />),

  async post(visit) {
    const { app, t, typed = () => '', locale, store } = visit;
    const fail = (errors: FieldErrors) =>
      visit.render(t('customer.registration'), <Register visit={visit} errors={errors} />, {
        status: 422,
        notice: { kind: 'error', text: t('form.error') },
      });

    const { salutation, firstName, lastName, errors: misnamed } = readPerson(visit);
    const email = typed('email').trim();
    const password = typed('password.pass');
    const errors: FieldErrors = {
      salutation: salutation ? undefined : t('form.choose'),
      ...misnamed,
      email: emailMistake(visit, email),
      password: await objections(visit, password, {
        email,
        firstName: firstName ?? null,
        lastName: lastName ?? null,
      }),
      confirm: password === typed('password.confirm') ? undefined : t('validator.constraints.password.do_not_match'),
      accept_terms: typed('accept_terms') === '1' ? undefined : t('customer.accept_terms.missing'),
    };
    if (!firstName || !lastName || !salutation || Object.values(errors).some(Boolean)) return fail(errors);

    try {
      await registerSilently(app, { email, salutation, firstName, lastName, password, locale, store: store.name });
    } catch (error) {
      if (rateLimited.is(error)) return tryLater(visit, error);
      return fail({ [passwordRefused.is(error) ? 'password' : 'email']: sentences(t, error) });
    }
    rememberTarget(visit);
    rememberEmail(visit, email);
    return app.config.DOUBLE_OPT_IN
      ? visit.redirect(pathWithTarget(visit, '/register/check-inbox'))
      : visit.redirect(pathWithTarget(visit, '/login'), { kind: 'success', message: 'customer.authorization.success' });
  },
};

/** What was typed stays in the form, to be sent again once there is room. */
function tryLater(visit: Visit, error: ReturnType<typeof rateLimited>): Response {
  const { t } = visit;
  const [text = ''] = sentences(t, error);
  const page = visit.render(t('customer.registration'), <Register visit={visit} />, {
    status: 429,
    notice: { kind: 'error', text },
  });
  page.headers.set('Retry-After', String(error.details.retryAfterSeconds));
  return page;
}

/** What the rules have against a password, so that it is said together with everything else. */
async function objections({ app, t }: Visit, password: string, person: Person): Promise<string[] | undefined> {
  try {
    await checkPasswordRules(app, password, person);
    return undefined;
  } catch (error) {
    return sentences(t, error);
  }
}
