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
        out(`${name}=${value}\n    ${meaning}. Default: ${fallback}\n`);
    return 0;
  },
});
