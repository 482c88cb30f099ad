import { z } from 'zod';
import { count, countOrNone } from './config-fields.ts';

const word = z
  .string()
  .regex(/^[A-Za-z0-9_]*$/)
  .default('');

/** How the references of new customers look. */
export const referenceSettings = {
  CUSTOMER_REFERENCE_PREFIX: word.describe(
    'First part of new customer references. Empty: the name of the store, as in DE--1',
  ),
  CUSTOMER_REFERENCE_ENVIRONMENT: word.describe(
    'Part between the two hyphens of new customer references, as in DE-live-1',
  ),
  CUSTOMER_REFERENCE_OFFSET: countOrNone(0, 999_999_999_999_999).describe(
    'New customer references have a higher number than this',
  ),
  CUSTOMER_REFERENCE_PADDING: countOrNone(0, 15).describe(
    'Least digits of the number in new customer references, filled up with zeros: 6 gives DE--000001',
  ),
  CUSTOMER_REFERENCE_STEP_MIN: count(1, 1000).describe(
    'Least step from one customer reference to the next; each step is random between this and STEP_MAX',
  ),
  CUSTOMER_REFERENCE_STEP_MAX: count(1, 1000).describe(
    'Largest step from one customer reference to the next; above STEP_MIN, references do not count the customers',
  ),
};

interface References {
  CUSTOMER_REFERENCE_STEP_MIN: number;
  CUSTOMER_REFERENCE_STEP_MAX: number;
}

export const referenceContradictions = (settings: References): string[] =>
  settings.CUSTOMER_REFERENCE_STEP_MIN > settings.CUSTOMER_REFERENCE_STEP_MAX
    ? [
        `CUSTOMER_REFERENCE_STEP_MIN: must be at most CUSTOMER_REFERENCE_STEP_MAX, which is ${settings.CUSTOMER_REFERENCE_STEP_MAX}`,
      ]
    : [];
