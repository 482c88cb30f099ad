import { Body, Button, Container, Head, Heading, Hr, Html, Preview, Text } from '@react-email/components';

interface LetterProps {
  /** Language of the text, for screen readers and hyphenation. */
  lang: string;
  shop: string;
  title: string;
  /** One entry a paragraph. */
  paragraphs: readonly string[];
  action?: { label: string; url: string; trouble: string };
  /** Below the action, smaller: what to do if one did not ask for this. */
  footnotes?: readonly string[];
}

const font = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const text = { fontSize: '16px', lineHeight: '24px', color: '#1d2733', margin: '0 0 16px' };
const small = { fontSize: '13px', lineHeight: '20px', color: '#5b6673', margin: '0 0 8px' };

/** The one shape of every mail: a title, a few sentences, at most one thing to do. */
function Letter({ lang, shop, title, paragraphs, action, footnotes = [] }: LetterProps) {
  return (
    <Html lang={lang}>
      <Head />
      <Preview>{paragraphs[1] ?? title}</Preview>
      <Body style={{ backgroundColor: '#f4f6f8', fontFamily: font, margin: '0', padding: '24px 0' }}>
        <Container style={{ backgroundColor: '#ffffff', borderRadius: '8px', maxWidth: '520px', padding: '32px' }}>
          <Text style={{ ...small, fontWeight: 600 }}>{shop}</Text>
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
        </Container>
      </Body>
    </Html>
  );
}

/** A mail from its words: subject and title are the same. */
export function compose({
  locale,
  subject,
  ...rest
}: { locale: string; subject: string } & Omit<LetterProps, 'lang' | 'title'>) {
  return { subject, body: <Letter lang={locale.slice(0, 2)} title={subject} {...rest} /> };
}
