import { endSession } from '../../domain/sessions/index.ts';
import { Submit } from '../../ui/field.tsx';
import { Form } from './form.tsx';
import { placeOf } from './open-visit.tsx';
import type { Page, Visit } from './visit.ts';

const FORM = 'logoutForm';

export const logoutPage: Page = {
  path: '/logout',
  forms: [FORM],

  get(visit) {
    const { t, visitor, url } = visit;
    if (!visitor) return visit.redirect('/login');
    if (isMeant(visit)) return logOut(visit);
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

  post: logOut,
};

async function logOut(visit: Visit): Promise<Response> {
  const token = visit.cookies.get('session');
  if (token) await endSession(visit.app, token);
  visit.cookies.remove('session');
  return visit.redirect('/login', { kind: 'success', message: 'customer.logout.done' });
}

/**
 * Whether somebody opened the address on purpose, as far as the browser tells: a link from elsewhere must not log anybody
 * out, nor a browser that fetches ahead, nor this very page in another language.
 */
function isMeant({ app, incoming, refused }: Visit): boolean {
  if (refused || incoming.method !== 'GET' || incoming.header('sec-purpose') || incoming.header('purpose'))
    return false;
  const from = incoming.header('referer');
  if (from && placeOf(URL.parse(from)?.pathname ?? '').path === '/logout') return false;
  const site = incoming.header('sec-fetch-site');
  if (site) return site === 'same-origin' || site === 'none';
  return !from || [app.config.PUBLIC_URL, incoming.base].some((base) => from.startsWith(`${base}/`));
}
