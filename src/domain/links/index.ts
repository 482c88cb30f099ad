export { endLink, issueLink, openLink, readLink, redeemLink, renewedLink } from './link.ts';
export { linksPrivacy } from './privacy.ts';
export { linkExpired, linkInvalid } from './problems.ts';
export { deleteLinksOf } from './queries.ts';
export { sweepLinks } from './sweep.ts';
