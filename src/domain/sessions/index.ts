export { DEVICE_SECONDS, isKnownDevice, rememberDevice } from './device.ts';
export { sessionsPrivacy } from './privacy.ts';
export { deleteDevicesOf, deleteSessionsOf, type Session, sessionsOf } from './queries.ts';
export { endSession, endSessionById, resumeSession, startSession } from './session.ts';
export { sweepSessions } from './sweep.ts';
