export { tooManyAttempts } from './problems.ts';
export { sweepThrottle } from './sweep.ts';
export { admitGuess, type Guess, liftBlocks, mayAskForMail, refuseBlocked } from './throttle.ts';
