import { stopEmailChange } from '../../domain/credentials/index.ts';
import { readLink } from '../../domain/links/index.ts';
import { Check, Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { linkTrouble } from './link-trouble.tsx';
import type { Page } from './visit.ts';

const FORM = 'stopEmailChangeForm';
const PATH = '/customer-data-change-request/stop-email-change';
const another = { href: '/password/forgotten', label: 'customer.password.forgotten' } as const;

export const stopEmailChangePage: Page = {
  path: PATH,
  forms: [FORM],
  carriesToken: true,

  // Mail scanners open links too: only the button stops the change.
  async get(visit) {
    const { app, t, url, query, typed } = visit;
    const token = typed?.('token') ?? query.get('token') ?? '';
    try {
      await readLink(app, 'email-change-stop', token);
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
    return visit.render(
      t('customer.email_change_stop'),
      <>
        <h1>{t('customer.email_change_stop')}</h1>
        <p className="lead">{t('customer.email_change_stop.lead')}</p>
        <Form visit={visit} name={FORM} action={url(PATH, { token })}>
          <Hidden form={FORM} name="token" value={token} />
          <Check form={FORM} name="was_not_me" label={t('customer.email_change_stop.was_not_me')} />
          <div className="field">
            <p className="hint">{t('customer.email_change_stop.was_not_me.hint')}</p>
          </div>
          <Submit>{t('customer.email_change_stop.submit')}</Submit>
        </Form>
      </>,
    );
  },

  async post(visit) {
    const { app, typed = () => '', visitor, cookies } = visit;
    const wasNotMe = typed('was_not_me') === '1';
    try {
      await stopEmailChange(app, typed('token'), { wasNotMe });
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
    if (wasNotMe) {
      cookies.remove('session');
      return visit.redirect('/login', { kind: 'success', message: 'customer.email_change_stop.done_was_not_me' });
    }
    return visit.redirect(visitor ? '/customer/profile' : '/login', {
      kind: 'success',
      message: 'customer.email_change_stop.done',
    });
  },
};
