import { resetPassword } from '../../domain/credentials/index.ts';
import { readLink } from '../../domain/links/index.ts';
import { passwordRefused } from '../../domain/passwords/index.ts';
import { Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { linkTrouble } from './link-trouble.tsx';
import { type FieldErrors, NewPasswordFields } from './person.tsx';
import type { Page, Visit } from './visit.ts';
import { loginPath } from './redirect-target.ts';
import { sentences, statusOf } from './words.ts';

const FORM = 'restoreForm';
const another = { href: '/password/forgotten', label: 'link.trouble.again' } as const;

function Restore({ visit, token, errors = {} }: { visit: Visit; token: string; errors?: FieldErrors }) {
  const { t, url } = visit;
  return (
    <>
      <h1>{t('customer.password.restore')}</h1>
      <p className="lead">{t('customer.password.restore.lead')}</p>
      <Form visit={visit} name={FORM} action={url('/password/restore', { token })}>
        <Hidden form={FORM} name="restore_password_key" value={token} />
        <NewPasswordFields
          visit={visit}
          form={FORM}
          errors={errors}
          label={t('customer.password.new')}
          names={['password.pass', 'password.confirm']}
        />
        <Submit>{t('customer.password.restore.submit')}</Submit>
      </Form>
    </>
  );
}

export const restorePage: Page = {
  path: '/password/restore',
  forms: [FORM],
  carriesToken: true,

  async get(visit) {
    const { app, t, typed, query } = visit;
    const token = typed?.('restore_password_key') ?? query.get('token') ?? '';
    try {
      await readLink(app, 'reset', token);
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
    return visit.render(t('customer.password.restore'), <Restore visit={visit} token={token} />);
  },

  async post(visit) {
    const { app, t, typed = () => '', cookies } = visit;
    const token = typed('restore_password_key');
    const again = (errors: FieldErrors) =>
      visit.render(t('customer.password.restore'), <Restore visit={visit} token={token} errors={errors} />, {
        status: 422,
        notice: { kind: 'error', text: t('form.error') },
      });
    if (typed('password.pass') !== typed('password.confirm'))
      return again({ confirm: t('validator.constraints.password.do_not_match') });
    try {
      await resetPassword(app, token, typed('password.pass'));
    } catch (error) {
      if (passwordRefused.is(error)) return again({ password: sentences(t, error) });
      if (statusOf(error) >= 500) throw error;
      return linkTrouble(visit, error, another);
    }
    cookies.remove('session');
    return visit.redirect(loginPath(visit), { kind: 'success', message: 'customer.password.changed' });
  },
};
