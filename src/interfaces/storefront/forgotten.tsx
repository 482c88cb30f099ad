import { requestReset } from '../../domain/credentials/index.ts';
import { emailPage } from './email-form.tsx';

export const forgottenPage = emailPage({
  path: '/password/forgotten',
  form: 'forgottenPassword',
  title: 'forgotten-password.forgot-password',
  lead: 'forgotten-password.lead',
  submit: 'forgotten-password.recover-my-password',
  done: 'customer.password.recovery.mail.sent',
  ask: ({ app }, email) => requestReset(app, email),
});
