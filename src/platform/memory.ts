import { LRUCache } from 'lru-cache';

/** What this process remembers of the database for a while. Never needed for being right, only for being quick. */
export interface Memory {
  /** The remembered value, or what `load` returns, remembered for so many milliseconds. */
  recall<T extends object>(key: string, milliseconds: number, load: () => Promise<T>): Promise<T>;
  forget(key: string): void;
}

/** @param time what ages are measured by, in milliseconds; for tests */
export function openMemory(time?: { now(): number }): Memory {
  const values = new LRUCache<string, Promise<object>>({
    max: 10_000,
    // Ages are exact to the second; asking the clock each time would cost more than the look-up.
    ...(time ? { perf: time, ttlResolution: 0 } : { ttlResolution: 1000 }),
  });
  return {
    recall<T extends object>(key: string, ttl: number, load: () => Promise<T>) {
      const known = values.get(key) as Promise<T> | undefined;
      if (known) return known;
      const loading = load();
      values.set(key, loading, { ttl });
      loading.catch(() => values.delete(key));
      return loading;
    },
    forget: (key) => void values.delete(key),
  };
}
