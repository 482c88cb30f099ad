import { describeConfig } from '../../platform/config-report.ts';
import { configCommand } from './command.ts';

export const configShow = configCommand({
  name: 'config',
  summary: 'Print every setting: its value, where it comes from, its default, what it means',
  options: { json: { type: 'boolean', help: 'as JSON' } },
  async run(config, { options }, { out }) {
    const settings = describeConfig(config);
    if (options.json) out(JSON.stringify(settings, null, 2));
    else
      for (const { name, value, fallback, meaning, source } of settings)
        out(`${name}=${value}  (${sources[source]})\n    ${meaning}.${defaultOf(meaning, fallback)}\n`);
    return 0;
  },
});

const sources = { environment: 'from the environment', default: 'default' } as const;

/** Left out where there is none, or where the meaning says what it depends on. */
const defaultOf = (meaning: string, fallback: string) =>
  fallback === '(unset)' || /\bdefault:/i.test(meaning) ? '' : ` Default: ${fallback || 'empty'}`;
