import { type Config, Settings } from './config.ts';

const secretSettings = new Set([
  'SECRET',
  'SECRET_PREVIOUS',
  'SMTP_URL',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'BREACH_LOOKUP_URL',
]);

/** One entry a setting, in the order of the list: its value, where it came from, its default. Passwords and keys are masked. */
export function describeConfig(config: Config) {
  return Object.entries(Settings.shape).map(([name, schema]) => {
    const value = Object.entries(config).find(([key]) => key === name)?.[1];
    const fallback = Settings.shape[name as keyof typeof Settings.shape].safeParse(undefined).data;
    return {
      name,
      value: value === undefined ? '(unset)' : secretSettings.has(name) ? mask(String(value)) : String(value),
      fallback: fallback === undefined ? '(unset)' : String(fallback),
      source: config.GIVEN.includes(name) ? ('environment' as const) : ('default' as const),
      meaning: schema.description ?? '',
    };
  });
}

function mask(value: string) {
  if (!value.includes('://')) return '***';
  return value.replace(/\/\/.*@/, '//***@').replace(/([?&](?:password|sslpassword|key|token|secret)=)[^&]*/gi, '$1***');
}
