export { type ContentType, contentTypes, restrictedContent, restrictGuests } from './guest-access.ts';
