import { type Impersonation, recentImpersonations } from '../../domain/agents/index.ts';
import { fullName } from '../../domain/customers/index.ts';
import { listSessions } from '../../domain/sessions/index.ts';
import { Submit } from '../../ui/field.tsx';
import { Hidden, Token } from './form.tsx';
import { deviceName } from './device-name.ts';
import type { Page, Visit } from './visit.ts';

/** When customer service acted for the customer; nothing where that never happened. */
function Impersonations({ visit: { t }, list }: { visit: Visit; list: readonly Impersonation[] }) {
  if (list.length === 0) return null;
  const service = t('customer.impersonations.service');
  return (
    <section className="card" aria-labelledby="impersonations">
      <h2 id="impersonations">{t('customer.impersonations')}</h2>
      <ul className="plain">
        {list.map(({ from, until, agent, reason }) => (
          <li key={from.getTime()}>
            <div>
              {t('customer.impersonations.entry', { agent: agent ?? service, from, until })}
              {reason && (
                <>
                  <br />
                  <small>{t('customer.impersonations.reason', { reason })}</small>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const overviewPage: Page = {
  path: '/customer/overview',
  secured: true,

  async get(visit) {
    const { app, t, visitor, url } = visit;
    if (!visitor) return visit.redirect('/login');
    const { customer, session } = visitor;
    const sessions = await listSessions(app, customer.id);
    const impersonations = await recentImpersonations(app, customer.id);
    return visit.render(
      t('customer.account.overview'),
      <>
        <h1>{t('customer.overview.greeting', { name: customer.firstName || 'none' })}</h1>
        <p className="lead">{t('customer.overview.lead')}</p>
        <div className="boxes">
          <section className="card" aria-labelledby="profile">
            <h2 id="profile">{t('customer.account.profile_data')}</h2>
            <dl>
              <div>
                <dt>{t('customer.name')}</dt>
                <dd>{fullName(customer)}</dd>
              </div>
              <div>
                <dt>{t('customer.email')}</dt>
                <dd>{customer.email}</dd>
              </div>
              <div>
                <dt>{t('customer.reference')}</dt>
                <dd>{customer.reference}</dd>
              </div>
              <div>
                <dt>{t('customer.since')}</dt>
                <dd>{t('date.day', { date: customer.createdAt })}</dd>
              </div>
            </dl>
            <a href={url('/customer/profile')}>{t('customer.profile.edit')}</a>
          </section>
          <section className="card" aria-labelledby="devices">
            <h2 id="devices">{t('customer.sessions')}</h2>
            <ul className="plain">
              {sessions.map(({ id, userAgent, lastSeenAt }) => (
                <li key={id}>
                  <div>
                    <strong>{deviceName(userAgent) ?? t('customer.sessions.unknown')}</strong>
                    <br />
                    <small>
                      {id === session.id
                        ? t('customer.sessions.this')
                        : t('customer.sessions.last_seen', { date: lastSeenAt })}
                    </small>
                  </div>
                  {id !== session.id && (
                    <form method="post" action={url('/customer/sessions')}>
                      <Token visit={visit} form="sessionForm" />
                      <Hidden form="sessionForm" name="id" value={id} />
                      <Submit quiet>{t('customer.sessions.end')}</Submit>
                    </form>
                  )}
                </li>
              ))}
            </ul>
          </section>
          <Impersonations visit={visit} list={impersonations} />
        </div>
      </>,
    );
  },
};
