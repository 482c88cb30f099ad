import { endSession } from '../../domain/sessions/index.ts';
import { Submit } from '../../ui/field.tsx';
import { Form } from './form.tsx';
import type { Page } from './visit.ts';

const FORM = 'logoutForm';

export const logoutPage: Page = {
  path: '/logout',
  forms: [FORM],

  // A link or an image elsewhere must not log anybody out, so opening the address only asks.
  get(visit) {
    const { t, visitor, url } = visit;
    if (!visitor) return visit.redirect('/login');
    return visit.render(
      t('customer.logout'),
      <>
        <h1>{t('customer.logout')}</h1>
        <p className="lead">{t('customer.logout.lead')}</p>
        <Form visit={visit} name={FORM} action={url('/logout')}>
          <Submit>{t('customer.logout')}</Submit>
        </Form>
        <p className="aside">
          <a href={url('/customer/overview')}>{t('customer.logout.stay')}</a>
        </p>
      </>,
    );
  },

  async post(visit) {
    const token = visit.cookies.get('session');
    if (token) await endSession(visit.app, token);
    visit.cookies.remove('session');
    return visit.redirect('/login', { kind: 'success', message: 'customer.logout.done' });
  },
};
