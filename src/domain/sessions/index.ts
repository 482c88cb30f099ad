export { DEVICE_SECONDS, isKnownDevice, rememberDevice } from './device.ts';
export { sessionsPrivacy } from './privacy.ts';
export { deleteDevicesOf, deleteSessionsOf, type Session } from './queries.ts';
export {
  endSession,
  endSessionById,
  listSessions,
  type RenewedSession,
  renewSession,
  replaceSession,
  resumeSession,
  startSession,
} from './session.ts';
export { sweepSessions } from './sweep.ts';
