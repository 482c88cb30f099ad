import type { World } from './app.ts';

let count = 0;

/** An address space of a test's own, and the option that names it. */
export function addressSpace() {
  count += 1;
  return { at: `@console${count}.org`, only: `--filter=email=*@console${count}.org` };
}

/** Addresses of a space that got a letter with a link for a password. */
export async function mailed(world: World, at: string): Promise<string[]> {
  const mails = await world.mails();
  return mails
    .filter(({ to, text }) => to.endsWith(at) && text.includes('/password/restore'))
    .map(({ to }) => to)
    .toSorted();
}
