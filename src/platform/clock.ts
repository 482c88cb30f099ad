/** Where the present comes from; tests hand in their own. */
export interface Clock {
  now(): Date;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export const later = (date: Date, seconds: number) => new Date(date.getTime() + seconds * 1000);
export const earlier = (date: Date, seconds: number) => later(date, -seconds);

/** Starts to measure; the returned function says how many milliseconds have passed, whatever happens to the clock. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => performance.now() - started;
}

export const earliest = (one: Date, other: Date): Date => (one < other ? one : other);
