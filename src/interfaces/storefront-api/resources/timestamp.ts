/** `YYYY-MM-DD hh:mm:ss.uuuuuu`, UTC. */
export const timestamp = (date: Date) => `${date.toISOString().replace('T', ' ').replace('Z', '')}000`;
