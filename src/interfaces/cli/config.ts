import { describeConfig } from '../../platform/config-report.ts';
import { configCommand } from './command.ts';

export const configShow = configCommand({
  name: 'config',
  summary: 'Print every setting: its value now, its default, what it means',
  options: { json: { type: 'boolean', help: 'as JSON' } },
  async run(config, { options }, { out }) {
    const settings = describeConfig(config);
    if (options.json) out(JSON.stringify(settings, null, 2));
    else
      for (const { name, value, fallback, meaning } of settings)
        out(`${name}=${value}\n    ${meaning}.${defaultOf(meaning, fallback)}\n`);
    return 0;
  },
});

/** Left out where there is none, or where the meaning says what it depends on. */
const defaultOf = (meaning: string, fallback: string) =>
  fallback === '(unset)' || /\bdefault:/i.test(meaning) ? '' : ` Default: ${fallback || 'empty'}`;
