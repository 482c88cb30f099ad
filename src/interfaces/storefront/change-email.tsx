import { confirmEmailChange } from '../../domain/customers/index.ts';
import { readLink } from '../../domain/links/index.ts';
import { Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { linkTrouble } from './link-trouble.tsx';
import type { Page } from './visit.ts';

const FORM = 'changeEmailForm';
const another = { href: '/customer/profile', label: 'customer.account.profile_data' } as const;

export const changeEmailPage: Page = {
  path: '/customer-data-change-request/change-email',
  forms: [FORM],
  carriesToken: true,

  async get(visit) {
    const { app, t, url, query, typed } = visit;
    const token = typed?.('verification_token') ?? query.get('verification_token') ?? '';
    try {
      const { email } = await readLink(app, 'email-change', token);
      return visit.render(
        t('customer.email_change'),
        <>
          <h1>{t('customer.email_change')}</h1>
          <p className="lead">{t('customer.email_change.lead', { email: email ?? '' })}</p>
          <Form
            visit={visit}
            name={FORM}
            action={url('/customer-data-change-request/change-email', { verification_token: token })}
          >
            <Hidden form={FORM} name="verification_token" value={token} />
            <Submit>{t('customer.email_change.submit')}</Submit>
          </Form>
        </>,
      );
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
  },

  async post(visit) {
    try {
      await confirmEmailChange(visit.app, visit.typed?.('verification_token') ?? '');
      await visit.renewSession();
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
    return visit.redirect(visit.visitor ? '/customer/profile' : '/login', {
      kind: 'success',
      message: 'customer.data_change_request.email_change.success',
    });
  },
};
