export const BLANK = 'This value should not be blank.';
export const MISSING = 'This field is missing.';
export const SHORT = 'This value is too short. It should have 12 characters or more.';
export const CHARACTERS =
  'Your password must include at least one uppercase letter, one lowercase letter, one number, and one special character from the following list: !@#$%^&*()_-+=[]{}|;:<>.,/?\\~. Non-Latin and other special characters are not allowed.';

/** Errors of a body as the API lists them. */
export const violations = (details: readonly string[]) =>
  details.map((detail) => ({ detail, status: 422, code: '901' }));

const SEQUENCE = { detail: 'The password contains sequence of the same character.', status: 400, code: '421' };
const CHARACTER_SET = { detail: 'The password character set is invalid.', status: 400, code: '420' };

/** Passwords that a policy refuses after the request was found in order, and what it says of them. */
export const refusedByPolicy = [
  ['Correct-Horrrse-7-Battery', [SEQUENCE]],
  ['Correct\\Horse\\7\\Battery!', [CHARACTER_SET]],
  ['Correct\\Horrrse-7-Battery', [SEQUENCE, CHARACTER_SET]],
] as const;
