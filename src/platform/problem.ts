/**
 * Something the caller can act on. Anything else that is thrown is a bug and answers 500.
 *
 * The code is the key of the message and of the documentation, and is never renamed.
 */
export class Problem<Details extends object = object> extends Error {
  override name = 'Problem';
  readonly kind: { readonly code: string; readonly status: number };
  readonly details: Details;

  constructor(kind: { readonly code: string; readonly status: number }, details: Details) {
    super(kind.code);
    this.kind = kind;
    this.details = details;
  }
}

export interface ProblemKind<Details extends object = object> {
  (details: Details): Problem<Details>;
  readonly code: string;
  /** HTTP status where an interface prescribes no other. */
  readonly status: number;
  /** Whether something that was thrown is this problem. */
  is(thrown: unknown): thrown is Problem<Details>;
}

export function problem<Details extends object = Record<never, never>>(
  code: string,
  status: number,
): ProblemKind<Details> {
  const kind = { code, status };
  return Object.assign((details: Details) => new Problem<Details>(kind, details), {
    ...kind,
    is: (thrown: unknown): thrown is Problem<Details> => thrown instanceof Problem && thrown.kind.code === code,
  });
}

/** Work is refused because too much of it is waiting. */
export const overloaded = problem<{ retryAfterSeconds: number }>('overloaded', 503);

/** The process cannot start; the reason is written for the person who started it. */
export const startRefused = problem<{ reason: string }>('start.refused', 500);

/** More than one thing is wrong; the caller is told all of them at once. */
export const several = problem<{ problems: readonly Problem[] }>('several', 422);

/** Throws what there is to throw: nothing, the one problem, or all of them together. */
export function throwAny(problems: readonly Problem[]) {
  const [first, second] = problems;
  if (first) throw second ? several({ problems }) : first;
}

export const isProblem = (thrown: unknown): thrown is Problem => thrown instanceof Problem;
