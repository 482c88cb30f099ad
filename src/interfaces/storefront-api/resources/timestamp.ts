/** `YYYY-MM-DD hh:mm:ss.uuuuuu`, UTC. */
export function timestamp(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, -14)} ${iso.slice(-13, -1)}000`;
}
