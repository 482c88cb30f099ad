import { confirmingNeedsPassword, confirmRegistration, confirmWithPassword } from '../../domain/credentials/index.ts';
import { passwordRefused } from '../../domain/passwords/index.ts';
import { Submit, Username } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { linkOwner } from './link-owner.ts';
import { linkTrouble } from './link-trouble.tsx';
import { type FieldErrors, NewPasswordFields } from './person.tsx';
import type { Page, Visit } from './visit.ts';
import { pathWithTarget } from './redirect-target.ts';
import { rememberEmail } from './remembered-email.ts';
import { sentences, statusOf } from './words.ts';

const FORM = 'confirmForm';
const another = { href: '/register/resend', label: 'link.trouble.again' } as const;

interface ConfirmProps {
  visit: Visit;
  token: string;
  needsPassword: boolean;
  email: string;
  errors?: FieldErrors;
}

function Confirm({ visit, token, needsPassword, email, errors = {} }: ConfirmProps) {
  const { t, url } = visit;
  return (
    <>
      <h1>{t('customer.confirmation')}</h1>
      <p className="lead">{t(needsPassword ? 'customer.confirmation.contested' : 'customer.confirmation.lead')}</p>
      <Form visit={visit} name={FORM} action={url('/register/confirm', { token })}>
        <Hidden form={FORM} name="token" value={token} />
        {needsPassword && (
          <>
            <Username value={email} />
            <NewPasswordFields
              visit={visit}
              form={FORM}
              errors={errors}
              label={t('customer.password')}
              names={['password.pass', 'password.confirm']}
            />
          </>
        )}
        <Submit>{t('customer.confirmation.submit')}</Submit>
      </Form>
    </>
  );
}

export const confirmPage: Page = {
  path: '/register/confirm',
  forms: [FORM],
  carriesToken: true,

  // Mail scanners open links too: only the button confirms.
  async get(visit) {
    const { app, t, query, typed } = visit;
    const token = typed?.('token') ?? query.get('token') ?? '';
    try {
      const needsPassword = await confirmingNeedsPassword(app, token);
      const { email } = await linkOwner(app, 'confirm', token);
      return visit.render(
        t('customer.confirmation'),
        <Confirm visit={visit} token={token} needsPassword={needsPassword} email={email} />,
      );
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
  },

  async post(visit) {
    const { app, t, typed = () => '' } = visit;
    const token = typed('token');
    const password = typed('password.pass');
    const again = (email: string, errors: FieldErrors) =>
      visit.render(
        t('customer.confirmation'),
        <Confirm visit={visit} token={token} needsPassword={true} email={email} errors={errors} />,
        { status: 422, notice: { kind: 'error', text: t('form.error') } },
      );
    let email = '';
    try {
      const needsPassword = await confirmingNeedsPassword(app, token);
      ({ email } = await linkOwner(app, 'confirm', token));
      if (needsPassword && password !== typed('password.confirm'))
        return again(email, { confirm: t('validator.constraints.password.do_not_match') });
      await (needsPassword ? confirmWithPassword(app, token, password) : confirmRegistration(app, token));
      rememberEmail(visit, email);
      await visit.renewSession();
      const message = needsPassword
        ? 'customer.authorization.account_confirmed.password_set'
        : 'customer.authorization.account_confirmed';
      return visit.redirect(pathWithTarget(visit, '/login'), { kind: 'success', message });
    } catch (error) {
      if (passwordRefused.is(error)) return again(email, { password: sentences(t, error) });
      if (statusOf(error) >= 500) throw error;
      return linkTrouble(visit, error, another);
    }
  },
};
