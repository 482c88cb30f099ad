import { readLink } from '../../domain/links/index.ts';
import { DEVICE_SECONDS, rememberDevice } from '../../domain/sessions/index.ts';
import { unblockByLink } from '../../domain/sign-in/index.ts';
import { Submit } from '../../ui/field.tsx';
import { Form, Hidden } from './form.tsx';
import { linkTrouble } from './link-trouble.tsx';
import type { Page } from './visit.ts';

const FORM = 'unlockForm';
const another = { href: '/login', label: 'customer.login' } as const;

export const unlockPage: Page = {
  path: '/login/unlock',
  forms: [FORM],
  carriesToken: true,

  async get(visit) {
    const { app, t, url, query, typed } = visit;
    const token = typed?.('token') ?? query.get('token') ?? '';
    try {
      await readLink(app, 'unlock', token);
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
    return visit.render(
      t('customer.unlock'),
      <>
        <h1>{t('customer.unlock')}</h1>
        <p className="lead">{t('customer.unlock.lead')}</p>
        <Form visit={visit} name={FORM} action={url('/login/unlock', { token })}>
          <Hidden form={FORM} name="token" value={token} />
          <Submit>{t('customer.unlock.submit')}</Submit>
        </Form>
      </>,
    );
  },

  async post(visit) {
    const { app, cookies, typed } = visit;
    try {
      const customerId = await unblockByLink(app, typed?.('token') ?? '');
      // Whoever reads the owner's mail here is the owner: strangers' guesses no longer count against this browser.
      cookies.set('device', await rememberDevice(app, customerId, cookies.get('device')), DEVICE_SECONDS);
    } catch (error) {
      return linkTrouble(visit, error, another);
    }
    return visit.redirect('/login', { kind: 'success', message: 'customer.unlock.done' });
  },
};
