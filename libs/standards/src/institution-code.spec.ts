import { isInstitutionCode } from './institution-code.js';

describe('isInstitutionCode', () => {
  it.each([
    'C1010211000012', 'C1010311000014', 'C1010411000013', 'C1010511003703', 'C1030131001288', 'C1030844001362', 'C1030935001347',
    'C1040311005293', 'C1302533000018', 'G4001011000013', ' c1010211000012 ', 'Ｃ１０１０２１１００００１２',
  ])('%s has the shape', (code) => expect(isInstitutionCode(code)).toBe(true));

  it.each([
    '', 'C101021100001', 'C10102110000123', '11010211000012', 'CC010211000012', 'C10102110000I2', '万1010211000012',
  ])('%j has not', (code) => expect(isInstitutionCode(code)).toBe(false));
});
