import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { World } from '../app.ts';
import { hasBrowser, logIn, withPage } from './chromium.ts';

/** A page to look at. */
export interface Stop {
  name: string;
  /** Its heading in English, which tells that it is this page. */
  heading: string;
  path(): string | Promise<string>;
  /** Who has to be signed in to see it. */
  as?(): string | Promise<string>;
  /** Name of a form to send empty, to see its mistakes. */
  send?: string;
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What the Tab key ought to reach, in the order it is read. */
const REACHABLE = `[...document.querySelectorAll('a[href], button, input:not([type=hidden], [hidden]), select')].map((element, index) => (element.dataset.stop = index))`;
/** Where the focus is, and what of it cannot be seen. */
const FOCUS = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, left, bottom, right, width, height } = element.getBoundingClientRect();
  const shown = width > 0 && height > 0 && top >= 0 && left >= 0 && bottom <= innerHeight + 1 && right <= innerWidth;
  const marked = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  return { stop: Number(element.dataset.stop), trouble: shown && marked ? null : element.outerHTML };
})()`;

/** Pages anybody can read and use: with axe, with the Tab key, on a phone, in light and dark, in both languages. */
export function lookAt(world: World, stops: readonly Stop[]): void {
  describe.skipIf(!hasBrowser)('everybody can use', () => {
    test.for(stops)('$name', async (stop) => {
      const email = await stop.as?.();
      const path = await stop.path();
      await withPage(world, { bypassCSP: true }, async (page) => {
        if (email) await logIn(page, email);
        const open = async (language: string) => {
          await page.goto(`/${language}${path}`);
          const { send } = stop;
          if (send) await Promise.all([page.waitForNavigation(), page.evaluate(`document.forms.${send}.submit()`)]);
          expect(await page.evaluate('document.documentElement.lang')).toBe(language);
        };

        // Order, colours and mark-up are the same in every language; how much room words take is not.
        await open('en');
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(stop.heading);
        expect(await keyboardTroubles(page)).toEqual([]);
        expect(await axeFindings(page)).toEqual([]);
        expect(await widthOnPhone(page)).toBeLessThanOrEqual(320);
        await open('de');
        expect(await widthOnPhone(page)).toBeLessThanOrEqual(320);
      });
    });
  });
}

/** What the Tab key does not reach in order, or where the focus is not seen. */
async function keyboardTroubles(page: Page): Promise<string[]> {
  const expected = await page.evaluate<number[]>(REACHABLE);
  const reached: number[] = [];
  const troubles: string[] = [];
  for (let step = 0; step < expected.length; step++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate<{ stop: number; trouble: string | null } | null>(FOCUS);
    if (focus) reached.push(focus.stop);
    if (focus?.trouble) troubles.push(focus.trouble);
  }
  if (expected.length === 0) troubles.push('there is nothing to reach');
  if (reached.join() !== expected.join()) troubles.push(`reached ${reached.join()} of ${expected.join()}`);
  return troubles;
}

async function axeFindings(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.addScriptTag({ path: axe });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Only colours change with the mode.
    const rules = colorScheme === 'light' ? '' : ", runOnly: ['color-contrast']";
    const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations']${rules} })`);
    for (const { id, nodes } of violations)
      for (const { html } of nodes) found.push(`${colorScheme}: ${id} at ${html}`);
  }
  return found;
}

async function widthOnPhone(page: Page): Promise<number> {
  await page.setViewportSize({ width: 320, height: 640 });
  return page.evaluate<number>('document.documentElement.scrollWidth');
}
