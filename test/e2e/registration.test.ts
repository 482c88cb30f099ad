import { registerCustomer } from '../../src/domain/customers/index.ts';
import { issueLink } from '../../src/domain/links/index.ts';
import { useApp } from '../app.ts';
import { OTHER_PASSWORD, somebody } from '../builders.ts';
import { lookAt } from './looks.ts';

const world = useApp();

lookAt(world, [
  { name: 'the registration', heading: 'Create an account', path: () => '/register' },
  { name: 'a registration with mistakes', heading: 'Create an account', path: () => '/register', send: 'registerForm' },
  {
    name: 'the confirmation of an address',
    heading: 'Confirm your email address',
    async path() {
      const { id } = await registerCustomer(world.app, somebody());
      return `/register/confirm?token=${await issueLink(world.app, 'confirm', id)}`;
    },
  },
  {
    name: 'the confirmation of an address that was registered twice',
    heading: 'Confirm your email address',
    async path() {
      const { id, email } = await registerCustomer(world.app, somebody());
      await registerCustomer(world.app, somebody({ email, password: OTHER_PASSWORD })).catch(() => undefined);
      return `/register/confirm?token=${await issueLink(world.app, 'confirm', id)}`;
    },
    send: 'confirmForm',
  },
  { name: 'what to do after a registration', heading: 'Check your inbox', path: () => '/register/check-inbox' },
  { name: 'a link that does not work', heading: 'This link does not work', path: () => '/register/confirm?token=x' },
  {
    name: 'the page that mails another link',
    heading: 'Send the confirmation email again',
    path: () => '/register/resend',
  },
]);
