import type { MessageId } from '../../i18n/index.ts';
import type { Visit } from './visit.ts';
import { sentences, statusOf } from './words.ts';

/** The page behind a link that no longer works, with the way to another one. */
export function linkTrouble(
  visit: Visit,
  error: unknown,
  { href, label }: { href: string; label: MessageId },
): Response {
  const { t, url } = visit;
  const [text = ''] = sentences(t, error);
  return visit.render(
    t('link.trouble'),
    <>
      <h1>{t('link.trouble')}</h1>
      <p className="lead">{t('link.trouble.lead')}</p>
      <p>
        <a href={url(href)}>{t(label)}</a>
      </p>
    </>,
    { status: statusOf(error), notice: { kind: 'error', text } },
  );
}
