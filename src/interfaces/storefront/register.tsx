import { EMAIL_MAX, isEmail, Name, registerSilently } from '../../domain/customers/index.ts';
import { checkPassword, type Person } from '../../domain/passwords/index.ts';
import type { Translate } from '../../i18n/index.ts';
import { Check, Choice, Field, Submit } from '../../ui/field.tsx';
import { Form } from './form.tsx';
import type { Page, Visit } from './visit.ts';
import { passwordHint, sentences } from './words.ts';

const FORM = 'registerForm';
type FieldErrors = Record<string, string | readonly string[] | undefined>;

/** All but `n/a`, which is for staff who do not know. */
export const salutationOptions = (t: Translate) => [
  { value: 'Ms', label: t('customer.salutation.ms') },
  { value: 'Mrs', label: t('customer.salutation.mrs') },
  { value: 'Mr', label: t('customer.salutation.mr') },
  { value: 'Dr', label: t('customer.salutation.dr') },
];

function Register({ visit, errors = {} }: { visit: Visit; errors?: FieldErrors }) {
  const { t, typed, url, app } = visit;
  return (
    <>
      <h1>{t('customer.registration')}</h1>
      <p className="lead">{t('customer.registration.lead', { shop: app.config.SHOP_NAME })}</p>
      <Form visit={visit} name={FORM} action={url('/register')}>
        <Choice
          form={FORM}
          name="salutation"
          label={t('customer.salutation')}
          options={salutationOptions(t)}
          empty={t('form.choose.option')}
          value={typed?.('salutation')}
          autoComplete="honorific-prefix"
          error={errors['salutation']}
        />
        <Field
          form={FORM}
          name="first_name"
          label={t('customer.first_name')}
          autoComplete="given-name"
          value={typed?.('first_name')}
          maxLength={100}
          error={errors['first_name']}
        />
        <Field
          form={FORM}
          name="last_name"
          label={t('customer.last_name')}
          autoComplete="family-name"
          value={typed?.('last_name')}
          maxLength={100}
          error={errors['last_name']}
        />
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
        <Field
          form={FORM}
          name="password.pass"
          type="password"
          label={t('customer.password')}
          autoComplete="new-password"
          hint={passwordHint(app, t)}
          error={errors['password']}
        />
        <Field
          form={FORM}
          name="password.confirm"
          type="password"
          label={t('customer.password.confirm')}
          autoComplete="new-password"
          error={errors['confirm']}
        />
        <Check
          form={FORM}
          name="accept_terms"
          label={t('customer.accept_terms')}
          checked={typed?.('accept_terms') === '1'}
          required
          error={errors['accept_terms']}
        />
        {app.config.TERMS_URL && (
          <p className="hint">
            <a href={app.config.TERMS_URL}>{t('customer.accept_terms.read')}</a>
          </p>
        )}
        <Submit>{t('customer.registration.submit')}</Submit>
      </Form>
      <p className="aside">
        <a href={url('/login')}>{t('customer.registration.login')}</a>
      </p>
    </>
  );
}

export const registerPage: Page = {
  path: '/register',
  form: FORM,
  anonymous: true,

  get: (visit) => visit.render(visit.t('customer.registration'), <Register visit={visit} />),

  async post(visit) {
    const { app, t, typed = () => '', locale, store } = visit;
    const fail = (errors: FieldErrors) =>
      visit.render(t('customer.registration'), <Register visit={visit} errors={errors} />, {
        status: 422,
        notice: { kind: 'error', text: t('form.error') },
      });

    const [first, last] = [Name.safeParse(typed('first_name')), Name.safeParse(typed('last_name'))];
    const salutation = salutationOptions(t).find(({ value }) => value === typed('salutation'))?.value;
    const email = typed('email').trim();
    const password = typed('password.pass');
    const errors: FieldErrors = {
      salutation: salutation ? undefined : t('form.choose'),
      first_name: first.success ? undefined : t('form.name'),
      last_name: last.success ? undefined : t('form.name'),
      email: emailMistake(visit, email),
      password: await objections(visit, password, {
        email,
        firstName: first.data ?? null,
        lastName: last.data ?? null,
      }),
      confirm: password === typed('password.confirm') ? undefined : t('validator.constraints.password.do_not_match'),
      accept_terms: typed('accept_terms') === '1' ? undefined : t('customer.accept_terms.missing'),
    };
    if (!first.success || !last.success || !salutation || Object.values(errors).some(Boolean)) return fail(errors);

    try {
      const profile = { email, salutation, firstName: first.data, lastName: last.data };
      await registerSilently(app, { ...profile, password, locale, store: store.name });
    } catch (error) {
      return fail({ email: sentences(t, error) });
    }
    const message = app.config.DOUBLE_OPT_IN
      ? 'customer.authorization.validate_email_address'
      : 'customer.authorization.success';
    return visit.redirect('/login', { kind: 'success', message });
  },
};

function emailMistake({ t }: Visit, email: string): string | undefined {
  if ([...email].length > EMAIL_MAX) return t('customer.email.length.exceeded', { max: EMAIL_MAX });
  return isEmail(email) ? undefined : t('customer.email.format.invalid');
}

/** What the shop has against a password, so that it is said together with everything else. */
async function objections({ app, t }: Visit, password: string, person: Person): Promise<string[] | undefined> {
  try {
    await checkPassword(app, password, person);
    return undefined;
  } catch (error) {
    return sentences(t, error);
  }
}
