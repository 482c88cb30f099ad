import type { MessageId } from '../../i18n/index.ts';
import { isEmail } from '../../domain/customers/index.ts';
import { Field, Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { redirectTarget, rememberTarget, withTarget } from './redirect-target.ts';
import { rememberedEmail, rememberEmail } from './remembered-email.ts';
import type { Page, Visit } from './visit.ts';

/** A page that asks for an address and mails something there; it says the same whether or not it has an account. */
export function emailPage({
  path,
  form,
  title,
  lead,
  submit,
  done,
  ask,
}: {
  path: string;
  form: string;
  title: MessageId;
  lead: MessageId;
  submit: MessageId;
  done: MessageId;
  ask(visit: Visit, email: string): Promise<void>;
}): Page {
  const body = (visit: Visit, error?: string) => {
    const { t, typed, query, url } = visit;
    const target = redirectTarget(visit);
    return (
      <>
        <h1>{t(title)}</h1>
        <p className="lead">{t(lead)}</p>
        <Form visit={visit} name={form} action={url(path)}>
          {target && <Hidden form={form} name="redirect_uri" value={target} />}
          <Field
            form={form}
            name="email"
            type="email"
            label={t('customer.email')}
            autoComplete="username"
            value={typed?.('email') ?? query.get('email') ?? rememberedEmail(visit)}
            maxLength={255}
            error={error}
          />
          <Submit>{t(submit)}</Submit>
        </Form>
        <p className="aside">
          <a href={url('/login', withTarget(visit))}>{t('customer.back_to_login')}</a>
        </p>
      </>
    );
  };
  return {
    path,
    forms: [form],
    get: (visit) => visit.render(visit.t(title), body(visit)),
    async post(visit) {
      const { t } = visit;
      const email = visit.typed?.('email').trim() ?? '';
      if (!isEmail(email))
        return visit.render(t(title), body(visit, t('customer.email.format.invalid')), {
          status: 422,
          notice: { kind: 'error', text: t('form.error') },
        });
      await ask(visit, email);
      rememberTarget(visit);
      rememberEmail(visit, email);
      return visit.render(t(title), body(visit), { notice: { kind: 'success', text: t(done) } });
    },
  };
}
