import { resetPassword } from '../../domain/credentials/index.ts';
import type { Customer } from '../../domain/customers/index.ts';
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

const FORM = 'restoreForm';
const another = { href: '/password/forgotten', label: 'link.trouble.again' } as const;

interface RestoreProps {
  visit: Visit;
  token: string;
  owner: Customer;
  errors?: FieldErrors;
}

/** Whether it is the first password of an account that came without one. */
const isInvited = ({ state, passwordChangedAt }: Customer) => state === 'invited' && passwordChangedAt === null;

const titleFor = ({ t }: Visit, owner: Customer) =>
  t(isInvited(owner) ? 'customer.password.invitation' : 'customer.password.restore');

function Restore({ visit, token, owner, errors = {} }: RestoreProps) {
  const { t, url, shop } = visit;
  const lead = isInvited(owner)
    ? t('customer.password.invitation.lead', { shop: shop.name, email: owner.email })
    : t('customer.password.restore.lead');
  return (
    <>
      <h1>{titleFor(visit, owner)}</h1>
      <p className="lead">{lead}</p>
      <Form visit={visit} name={FORM} action={url('/password/restore', { token })}>
        <Hidden form={FORM} name="restore_password_key" value={token} />
        <Username value={owner.email} />
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
    const { app, typed, query } = visit;
    const token = typed?.('restore_password_key') ?? query.get('token') ?? '';
    try {
      const owner = await linkOwner(app, 'reset', token);
      return visit.render(titleFor(visit, owner), <Restore visit={visit} token={token} owner={owner} />);
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
  },

  async post(visit) {
    const { app, t, typed = () => '', cookies } = visit;
    const token = typed('restore_password_key');
    const again = (owner: Customer, errors: FieldErrors) =>
      visit.render(titleFor(visit, owner), <Restore visit={visit} token={token} owner={owner} errors={errors} />, {
        status: 422,
        notice: { kind: 'error', text: t('form.error') },
      });
    let owner: Customer | undefined;
    try {
      owner = await linkOwner(app, 'reset', token);
      if (typed('password.pass') !== typed('password.confirm'))
        return again(owner, { confirm: t('validator.constraints.password.do_not_match') });
      await resetPassword(app, token, typed('password.pass'));
    } catch (error) {
      if (owner && passwordRefused.is(error)) return again(owner, { password: sentences(t, error) });
      if (statusOf(error) >= 500) throw error;
      return linkTrouble(visit, error, another);
    }
    cookies.remove('session');
    rememberEmail(visit, owner.email);
    return visit.redirect(pathWithTarget(visit, '/login'), { kind: 'success', message: 'customer.password.changed' });
  },
};
