import { confirmCustomer } from '../../domain/customers/index.ts';
import { readLink } from '../../domain/links/index.ts';
import { Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { linkTrouble } from './link-trouble.tsx';
import type { Page } from './visit.ts';

const FORM = 'confirmForm';

export const confirmPage: Page = {
  path: '/register/confirm',
  forms: [FORM],
  carriesToken: true,

  // Mail scanners open links too: only the button confirms.
  async get(visit) {
    const { app, t, url, query, typed } = visit;
    const token = typed?.('token') ?? query.get('token') ?? '';
    try {
      await readLink(app, 'confirm', token);
    } catch (error) {
      return linkTrouble(visit, error, { href: '/register/resend', label: 'link.trouble.again' });
    }
    return visit.render(
      t('customer.confirmation'),
      <>
        <h1>{t('customer.confirmation')}</h1>
        <p className="lead">{t('customer.confirmation.lead')}</p>
        <Form visit={visit} name={FORM} action={url('/register/confirm', { token })}>
          <Hidden form={FORM} name="token" value={token} />
          <Submit>{t('customer.confirmation.submit')}</Submit>
        </Form>
      </>,
    );
  },

  async post(visit) {
    try {
      await confirmCustomer(visit.app, visit.typed?.('token') ?? '');
      await visit.renewSession();
    } catch (error) {
      return linkTrouble(visit, error, { href: '/register/resend', label: 'link.trouble.again' });
    }
    return visit.redirect('/login', { kind: 'success', message: 'customer.authorization.account_confirmed' });
  },
};
