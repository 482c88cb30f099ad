import type { World } from './app.ts';

export interface PageAnswer {
  status: number;
  headers: Headers;
  html: string;
  /** Where a redirect goes. */
  location: string | null;
}

/** A browser without scripts: it keeps cookies, follows nothing by itself and fills in forms. */
export function browser(world: Pick<World, 'url'>, headers: Record<string, string> = {}) {
  const jar = new Map<string, string>();

  async function send(method: string, path: string, form?: Record<string, string>): Promise<PageAnswer> {
    const answer = await fetch(world.url + path, {
      method,
      redirect: 'manual',
      headers: {
        Accept: 'text/html,application/xhtml+xml',
        'Accept-Language': 'en',
        Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return {
      status: answer.status,
      headers: answer.headers,
      html: await answer.text(),
      location: answer.headers.get('location'),
    };
  }

  /** Opens a page and fills in one of its forms, hidden fields included; the function it returns sends it to its action. */
  async function fill(path: string, form: string, values: Record<string, string>): Promise<() => Promise<PageAnswer>> {
    const { html } = await send('GET', path);
    const markup =
      new RegExp(`<form[^>]*>(?:(?!</form>)[\\s\\S])*name="${form}\\[[\\s\\S]*?</form>`).exec(html)?.[0] ?? '';
    const action = /<form[^>]*action="([^"]+)"/.exec(markup)?.[1] ?? path;
    const hidden = [...markup.matchAll(/<input type="hidden"[^>]* name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')],
    );
    const typed = Object.entries(values).map(([name, value]) => [
      form +
        name
          .split('.')
          .map((part) => `[${part}]`)
          .join(''),
      value,
    ]);
    return () => send('POST', action.replaceAll('&amp;', '&'), Object.fromEntries([...hidden, ...typed]));
  }

  return {
    jar,
    get: (path: string) => send('GET', path),
    /** Sends a form as it is, without opening its page first. */
    post: (path: string, form: Record<string, string>) => send('POST', path, form),
    fill,
    /** Opens a page, fills in one of its forms and sends it. */
    submit: async (...given: Parameters<typeof fill>): Promise<PageAnswer> => (await fill(...given))(),
  };
}
