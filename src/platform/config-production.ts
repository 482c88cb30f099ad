/** What development may leave open and production may not. */
export function productionMistakes(env: NodeJS.ProcessEnv): string[] {
  if (env['NODE_ENV'] !== 'production') return [];
  const mistakes: string[] = [];
  if (env['DATABASE_URL'] && !env['SECRET']) {
    mistakes.push(
      'SECRET: required in production with DATABASE_URL, at least 32 random characters, for example from `openssl rand -base64 48`',
    );
  }
  if (!env['SMTP_URL']) mistakes.push('SMTP_URL: required in production, where there is no built-in mailbox');
  if (!env['MAIL_FROM']) mistakes.push('MAIL_FROM: required in production, the sender your mail server accepts');
  const url = env['PUBLIC_URL'];
  if (!url) mistakes.push('PUBLIC_URL: required in production, links in mails start with it');
  else if (!/^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(url)) {
    mistakes.push('PUBLIC_URL: must be https in production, session cookies are only sent over it');
  }
  return mistakes;
}
