export { availabilityPrivacy } from './privacy.ts';
export { alreadySubscribed, notSubscribed, productUnknown, subscriptionRefused } from './problems.ts';
export { type Subscription, subscriptionsOf } from './queries.ts';
export { subscribe, unsubscribe } from './subscribe.ts';
