import { IntlMessageFormat } from 'intl-messageformat';
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };

/** The English catalog is the type of all: a message that another lacks does not compile. */
export type MessageId = keyof typeof en;
type Catalog = Record<MessageId, string>;

const catalogs: Record<string, Catalog> = { en, de };

export type Translate = (id: MessageId, values?: Record<string, string | number | Date>) => string;

const formats = new Map<string, IntlMessageFormat>();

/** Messages in the language of a locale such as `de_DE`; English where the product does not speak it. Times are those of the zone. */
export function translator(locale: string, timeZone = 'UTC'): Translate {
  const language = locale.slice(0, 2).toLowerCase();
  const catalog = catalogs[language] ?? en;
  const tag = locale.replace('_', '-');
  return (id, values) => {
    const key = `${tag} ${timeZone} ${id}`;
    let format = formats.get(key);
    if (!format) {
      format = new IntlMessageFormat(catalog[id], tag, formatsIn(timeZone), { ignoreTag: true });
      formats.set(key, format);
    }
    return String(format.format(values));
  };
}

const formatsIn = (timeZone: string) =>
  ({
    date: {
      long: { day: 'numeric', month: 'long', year: 'numeric', timeZone },
      medium: { day: 'numeric', month: 'short', year: 'numeric', timeZone },
    },
    time: { short: { hour: 'numeric', minute: 'numeric', timeZone } },
  }) as const;
