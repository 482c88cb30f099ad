import type { App } from '../../platform/app.ts';

/** Of every account of the demo shop. It is published, so in production it opens nothing. */
export const DEMO_PASSWORD = 'Demo-Shopper-2026';

/** Whether a password is the published one, where that must not count. */
export const isPublished = ({ config }: App, password: string): boolean =>
  config.NODE_ENV === 'production' && password.normalize('NFKC') === DEMO_PASSWORD;
