import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { App } from '../../platform/app.ts';
import { mailById, newestMails } from '../../platform/mail/queries.ts';

/** What a mail may do when it is looked at: show itself. */
const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'",
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const page = (element: ReactElement) => new Response(`<!doctype html>${renderToStaticMarkup(element)}`, { headers });

export async function mailbox(app: App): Promise<Response> {
  const mails = await newestMails(app.db, 100);
  return page(
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Mailbox</title>
        <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg" />
        <link rel="stylesheet" href="/assets/shop.css" />
      </head>
      <body>
        <header>
          <strong>Mailbox</strong>
          <a href="/dev/mailbox">Reload</a>
        </header>
        <main>
          <h1>Mails sent from here</h1>
          <p className="lead">
            {mails.length === 0
              ? 'None yet. They arrive here instead of at their readers, because SMTP_URL is not set.'
              : 'Newest first. They went nowhere else, because SMTP_URL is not set.'}
          </p>
          <ul className="plain">
            {mails.map(({ id, subject, to, sentAt }) => (
              <li key={id}>
                <a href={`/dev/mailbox/${id}`}>{subject}</a>
                <br />
                <small>
                  {to} ·{' '}
                  <time dateTime={sentAt.toISOString()}>{sentAt.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>
                </small>
              </li>
            ))}
          </ul>
        </main>
      </body>
    </html>,
  );
}

/** Newest first: `to`, `subject`, `text`, `html`, `sentAt`. */
export async function mailboxJson(app: App): Promise<Response> {
  const mails = await newestMails(app.db);
  return Response.json(
    mails.map(({ to, subject, text, html, sentAt }) => ({ to, subject, text, html, sentAt: sentAt.toISOString() })),
    { headers: { 'Cache-Control': 'no-store' } },
  );
}

export async function mailboxMail(app: App, id: string): Promise<Response | undefined> {
  const mail = await mailById(app.db, id);
  return mail && new Response(mail.html, { headers });
}
