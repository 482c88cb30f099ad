import type { ReactElement } from 'react';

/** A mail's body from its React template: HTML, and the same as plain text with links written out. */
export async function renderMail(body: ReactElement): Promise<{ html: string; text: string }> {
  // Loaded with the first mail, not at start: it brings a good part of a second.
  const { render, toPlainText } = await import('@react-email/render');
  const html = await render(body);
  return { html, text: toPlainText(html) };
}
