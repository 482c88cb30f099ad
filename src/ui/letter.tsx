import { Body } from '@react-email/body';
import { Button } from '@react-email/button';
import { Container } from '@react-email/container';
import { Head } from '@react-email/head';
import { Heading } from '@react-email/heading';
import { Hr } from '@react-email/hr';
import { Html } from '@react-email/html';
import { Preview } from '@react-email/preview';
import { Text } from '@react-email/text';
import { Fragment } from 'react';
import { type MessageId, type Translate, translator } from '../i18n/index.ts';
import { legalLinks, type ShopDetails } from './legal-links.ts';

interface LetterProps {
  /** Language of the text, for screen readers and hyphenation. */
  lang: string;
  shop: ShopDetails;
  legal: readonly { href: string; label: string }[];
  title: string;
  /** What a list of mails shows beside the subject. */
  preview: string;
  /** One entry a paragraph. */
  paragraphs: readonly string[];
  action: { label: string; url: string; trouble: string } | undefined;
  /** Below the action, smaller: what to do if one did not ask for this. */
  footnotes: readonly string[] | undefined;
}

const font = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const text = { fontSize: '16px', lineHeight: '24px', color: '#1d2733', margin: '0 0 16px' };
const small = { fontSize: '13px', lineHeight: '20px', color: '#5b6673', margin: '0 0 8px' };

/** The one shape of every mail: a title, a few sentences, at most one thing to do. */
function Letter({ lang, shop, legal, title, preview, paragraphs, action, footnotes = [] }: LetterProps) {
  return (
    <Html lang={lang}>
      <Head />
      <Preview>{preview}</Preview>
      <Body style={{ backgroundColor: '#f4f6f8', fontFamily: font, margin: '0', padding: '24px 0' }}>
        <Container style={{ backgroundColor: '#ffffff', borderRadius: '8px', maxWidth: '520px', padding: '32px' }}>
          <Text style={{ ...small, fontWeight: 600 }}>{shop.name}</Text>
          <Heading as="h1" style={{ fontSize: '22px', lineHeight: '30px', color: '#1d2733', margin: '0 0 20px' }}>
            {title}
          </Heading>
          {paragraphs.map((paragraph) => (
            <Text key={paragraph} style={text}>
              {paragraph}
            </Text>
          ))}
          {action && (
            <>
              <Button
                href={action.url}
                style={{
                  backgroundColor: '#1f5fae',
                  borderRadius: '6px',
                  color: '#ffffff',
                  fontSize: '16px',
                  padding: '12px 20px',
                }}
              >
                {action.label}
              </Button>
              <Text style={{ ...small, marginTop: '20px', wordBreak: 'break-all' }}>
                {action.trouble} {action.url}
              </Text>
            </>
          )}
          {footnotes.length > 0 && <Hr style={{ borderColor: '#dde3e9', margin: '20px 0' }} />}
          {footnotes.map((footnote) => (
            <Text key={footnote} style={small}>
              {footnote}
            </Text>
          ))}
          {(shop.address || legal.length > 0) && <Hr style={{ borderColor: '#dde3e9', margin: '20px 0' }} />}
          {shop.address && (
            <Text style={small}>
              {shop.name} · {shop.address}
            </Text>
          )}
          {legal.length > 0 && (
            <Text style={small}>
              {legal.map(({ href, label }, index) => (
                <Fragment key={href}>
                  {index > 0 && ' · '}
                  <a href={href} style={{ color: '#1f5fae' }}>
                    {label}
                  </a>
                </Fragment>
              ))}
            </Text>
          )}
        </Container>
      </Body>
    </Html>
  );
}

/** Letters whose words are in the catalogs: `mail.<letter>.subject` and `.text`. */
type Wording = MessageId extends infer Id ? (Id extends `mail.${infer Name}.subject` ? Name : never) : never;
/** Those that ask for something: `mail.<letter>.action` names it. */
type Asking = MessageId extends infer Id ? (Id extends `mail.${infer Name}.action` ? Name : never) : never;

type Writing = {
  /** Whose footer it has; an email is composed when it is sent, so it may be looked up. */
  shop: ShopDetails | Promise<ShopDetails>;
  /** Who reads it, and in which language; the name may be unknown: ''. */
  reader: { name: string; locale: string };
  /** Further paragraphs. */
  more?: (t: Translate) => readonly string[];
  footnotes?: (t: Translate) => readonly string[];
} & ({ words: Asking; url: string } | { words: Wording; url?: undefined });

/** A mail from its words in the catalogs; its title is its subject. */
export async function compose({ shop: given, reader, more, footnotes, ...asked }: Writing) {
  const shop = await given;
  const t = translator(reader.locale);
  const subject = t(`mail.${asked.words}.subject`, { shop: shop.name });
  const greeting = reader.name ? t('mail.greeting', { name: reader.name }) : t('mail.greeting.nameless');
  const body = (
    <Letter
      lang={reader.locale.slice(0, 2)}
      shop={shop}
      legal={legalLinks(t, shop)}
      title={subject}
      preview={t(`mail.${asked.words}.text`, { shop: shop.name })}
      paragraphs={[greeting, t(`mail.${asked.words}.text`, { shop: shop.name }), ...(more?.(t) ?? [])]}
      action={
        asked.url === undefined
          ? undefined
          : { label: t(`mail.${asked.words}.action`), url: asked.url, trouble: t('mail.button_trouble') }
      }
      footnotes={footnotes?.(t)}
    />
  );
  return { subject, body };
}

/** How long a link is good for, to the minute, in the largest unit that says it. */
export function linkLasts(t: Translate, seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes % 1440 === 0) return t('mail.link.days', { days: minutes / 1440 });
  if (minutes % 60 === 0) return t('mail.link.hours', { hours: minutes / 60 });
  return t('mail.link.minutes', { minutes });
}
