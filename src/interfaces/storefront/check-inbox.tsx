import { Field, Submit } from '../../ui/field.tsx';
import { Form } from './form.tsx';
import { withTarget } from './redirect-target.ts';
import { rememberedEmail } from './remembered-email.ts';
import { RESEND_FORM } from './resend.tsx';
import type { Page } from './visit.ts';

/** After a registration: what to do now, and what when nothing arrives. It tells nothing of whether an address is known. */
export const checkInboxPage: Page = {
  path: '/register/check-inbox',
  anonymous: true,

  get(visit) {
    const { t, url } = visit;
    const email = rememberedEmail(visit);
    return visit.render(
      t('customer.check_inbox'),
      <>
        <h1>{t('customer.check_inbox')}</h1>
        <p className="lead">
          {email ? t('customer.check_inbox.lead', { email }) : t('customer.check_inbox.lead.unknown')}
        </p>
        <Form visit={visit} name={RESEND_FORM} action={url('/register/resend', withTarget(visit))}>
          <h2>{t('customer.check_inbox.nothing')}</h2>
          <ul>
            <li>{t('customer.check_inbox.wait')}</li>
            <li>{t('customer.check_inbox.spam')}</li>
            <li>{t('customer.check_inbox.typo')}</li>
          </ul>
          <Field
            form={RESEND_FORM}
            name="email"
            type="email"
            label={t('customer.email')}
            autoComplete="username"
            value={email}
            maxLength={255}
          />
          <Submit>{t('customer.confirmation.resend.submit')}</Submit>
        </Form>
        <p className="aside">
          <a href={url('/register', withTarget(visit))}>{t('customer.check_inbox.again')}</a>
        </p>
        <p className="aside">
          <a href={url('/login', withTarget(visit))}>{t('customer.back_to_login')}</a>
        </p>
      </>,
    );
  },
};
