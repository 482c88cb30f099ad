import type { App } from './platform/app.ts';
import type { Config } from './platform/config.ts';
export async function fillWithDemoData(_app: App): Promise<void> {}
export function welcome(config: Config, port: number): string {
  return `http://localhost:${port} ${config.HOST}\n`;
}
