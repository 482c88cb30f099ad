export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** What `/metrics` answers. */
export interface Exposition {
  samples: readonly Sample[];
  /** What each metric says of itself, by name. */
  help: ReadonlyMap<string, string>;
  /** The value of a sample with exactly these labels. */
  valueOf(name: string, labels: Readonly<Record<string, string>>): number | undefined;
}

/** Reads the Prometheus text format; throws on a line that is none. */
export function parseExposition(text: string): Exposition {
  const lines = text.split('\n').filter((line) => line !== '');
  const samples = lines.filter((line) => !line.startsWith('#')).map(sampleOf);
  const help = new Map(
    lines.flatMap((line) => {
      const [, name, says] = /^# HELP (\S+) (.*)$/.exec(line) ?? [];
      return name === undefined || says === undefined ? [] : [[name, says] as const];
    }),
  );
  const key = (labels: Sample['labels']) =>
    JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b)));
  return {
    samples,
    help,
    valueOf: (name, labels) =>
      samples.find((sample) => sample.name === name && key(sample.labels) === key(labels))?.value,
  };
}

function sampleOf(line: string): Sample {
  const [, name, list = '', value] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  const labels = [...list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text]);
  return { name, labels: Object.fromEntries(labels) as Record<string, string>, value: Number(value) };
}
