import { contentTypes, restrictedContent, restrictGuests } from '../../domain/guest-access/index.ts';
import type { App } from '../../platform/app.ts';
import { command, type Terminal } from './command.ts';

async function list(app: App, { out }: Terminal): Promise<void> {
  const restricted = await restrictedContent(app);
  for (const type of contentTypes) out(`${type}: ${restricted.has(type) ? 'customers only' : 'everybody'}`);
}

export const guestAccessList = command({
  name: 'guest-access:list',
  summary: 'List what visitors who are not logged in may use',
  async run(app, _call, terminal) {
    await list(app, terminal);
    return 0;
  },
});

export const guestAccessSet = command({
  name: 'guest-access:set',
  summary: 'Say what is for customers only; everything else is for everybody',
  usage: '[CONTENT…]',
  notes: `
Content: ${contentTypes.join(', ')}.
What is not named is opened. Running servers notice within ten seconds.

  clientele guest-access:set price add-to-cart     closes both to guests, opens the others
  clientele guest-access:set                       opens everything`,
  async run(app, { words }, terminal) {
    const known = contentTypes.filter((type) => words.includes(type));
    const unknown = words.filter((word) => !known.some((type) => type === word));
    if (unknown.length > 0) {
      terminal.out(`There is no ${unknown.join(', ')}. There is: ${contentTypes.join(', ')}.`);
      return 2;
    }
    await restrictGuests(app, known);
    await list(app, terminal);
    return 0;
  },
});
