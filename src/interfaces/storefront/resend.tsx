import { resendConfirmation } from '../../domain/customers/index.ts';
import { emailPage } from './email-form.tsx';

export const RESEND_FORM = 'resendForm';

export const resendPage = emailPage({
  path: '/register/resend',
  form: RESEND_FORM,
  title: 'customer.confirmation.resend.title',
  lead: 'customer.confirmation.resend.lead',
  submit: 'customer.confirmation.resend.submit',
  done: 'customer.confirmation.resend.done',
  ask: ({ app }, email) => resendConfirmation(app, email),
});
