/**
 * Which text the page behind a loan code shows with its tick for consent: that the bank which accepts the demand may know who the
 * enterprise is and whom to ask there (PIPL art. 23). Whoever changes the text gives it another version; the register keeps both apart.
 */
export const consentTextVersion = 'demand-2026-1';
