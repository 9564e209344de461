/**
 * Which text the page behind a loan code shows with its tick for consent: that the bank which accepts the demand may know who the
 * enterprise is and whom to ask there (PIPL art. 23). Whoever changes the text gives it another version; the register keeps both apart.
 */
export const consentTextVersion = 'demand-2026-1';

/** Of the second tick: that 长江渝融通 is told the need, and not who asks. It is given and taken back for itself. */
export const platformConsentTextVersion = 'platform-2026-1';
