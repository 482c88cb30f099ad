import { issueLink } from '../../src/domain/links/index.ts';
import { useApp } from '../app.ts';
import { activeCustomer } from '../builders.ts';
import { lookAt } from './looks.ts';

const world = useApp();

const reset = async () =>
  `/password/restore?token=${await issueLink(world.app, 'reset', (await activeCustomer(world)).id)}`;

lookAt(world, [
  { name: 'the page for a forgotten password', heading: 'Forgot your password?', path: () => '/password/forgotten' },
  {
    name: 'the same with a mistake',
    heading: 'Forgot your password?',
    path: () => '/password/forgotten',
    send: 'forgottenPassword',
  },
  { name: 'the page for a new password', heading: 'Choose a new password', path: reset },
  { name: 'a new password that is refused', heading: 'Choose a new password', path: reset, send: 'restoreForm' },
]);
