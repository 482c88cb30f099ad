export { type Address, type AddressDetails, objectionsTo } from './address.ts';
export { addAddress, editAddress, removeAddress } from './change.ts';
export { addressForm, type AddressForm, countryName, isCountry } from './form.ts';
export { addressesPrivacy } from './privacy.ts';
export { addressNotFound, tooManyAddresses } from './problems.ts';
export { addressById, addressesByCustomer, addressesOf } from './queries.ts';
