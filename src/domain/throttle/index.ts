export { consumeMailboxEmail, consumeRegistration, isTagged, mayEmailMailbox } from './email-allowance.ts';
export { rateLimited, tooManyAttempts } from './problems.ts';
export { sweepThrottle } from './sweep.ts';
export {
  type Admission,
  admitGuess,
  firstWithin,
  forgetNetworks,
  type Guess,
  liftBlocks,
  lockedOutUntil,
  mayAskForMail,
  mayRepeat,
  refuseBlocked,
  rememberNetwork,
  UNKNOWN_NETWORK,
} from './throttle.ts';
export { admission, type Attempt, attemptValues, type Reception } from './queries.ts';
