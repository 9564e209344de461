/** A real OpenID Connect provider on loopback, and somebody who signs in there. */
export { type Person, startPeopleProvider } from '../../../tools/people/provider.mjs';
export { choosing, signIn } from '../../../tools/people/sign-in.mjs';
