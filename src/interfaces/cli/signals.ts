/** Exit status of what a signal ended, as shells have it. */
const INTERRUPTED = 130;

/**
 * Lets a signal end the process by `process.exit`, so that what listens to its end removes temporary files. Returns a
 * function that ends this.
 */
export function endOnSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = () => process.exit(INTERRUPTED);
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}
