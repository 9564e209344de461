import fc from 'fast-check';
import {
  CREDIT_CODE_ALPHABET, checkCreditCode, creditCodeCheckCharacter, entityKindOfCode, isValidCreditCode, isValidOrganisationCode,
  normaliseCreditCode, organisationCodeCheckCharacter, organisationCodeOf,
} from './credit-code.js';

/** domain.md 3.1: real codes, then synthetic ones of Wanzhou. */
const VALID = [
  '91310110666007217T', '91310115591693856A', '91350200776049653A', '91350500798359476R', '91440101MA5CJQ4N59', '123502001549897397',
  '9135021359498494XQ', '91350203MA31NDF85F', '91500000676129728J', '91500000202869177Y', '914403001922038216', '9144030071526726XG',
  '91330100799655058B', '911000001000013428',
  '91500101MA5U00011L', '91500101MA5UABCD0Y', '91500101MA60AB1255', '92500101MA5UW0016R', '92500101MA61CD341K', '93500101MA5UH0014B',
  '12500101762660013E',
];

const letter = fc.constantFrom(...CREDIT_CODE_ALPHABET);
const digits = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const organisation = fc.string({ unit: letter, minLength: 9, maxLength: 9 });
const validCode = fc.tuple(fc.constantFrom(...'159AN'), fc.constantFrom(...'123'), digits(6), organisation)
  .map((parts) => parts.join(''))
  .map((first17) => first17 + creditCodeCheckCharacter(first17));

describe('checkCreditCode', () => {
  it.each(VALID)('%s is valid', (code) => {
    expect(isValidCreditCode(code)).toBe(true);
    expect(checkCreditCode(code)).toEqual({
      code, kind: 'CREDIT_CODE', problem: undefined,
      registrationDepartment: code[0], category: code[1], regionCode: code.slice(2, 8),
    });
  });

  it.each(['91350203M0001QAY9B', '91500101MA5U00011M'])('%s fails its checksum only, and stays readable', (code) => {
    expect(isValidCreditCode(code)).toBe(false);
    expect(checkCreditCode(code)).toMatchObject({
      code, kind: 'INVALID', problem: 'CHECKSUM', registrationDepartment: '9', regionCode: code.slice(2, 8),
    });
  });

  it('knows the check character that the famous wrong code should have', () => {
    expect(creditCodeCheckCharacter('91350203M0001QAY9')).toBe('9');
  });

  it.each([...'IOSVZ'])('refuses the letter %s in any place', (wrong) => {
    for (let place = 0; place < 18; place += 1) {
      const code = `91500101MA5U00011L`.slice(0, place) + wrong + `91500101MA5U00011L`.slice(place + 1);
      expect(checkCreditCode(code)).toEqual({ code, kind: 'INVALID', problem: 'CHARACTER', position: place + 1 });
      expect(isValidCreditCode(code)).toBe(false);
    }
  });

  it('wants digits in the region, and is not fooled by letters whose low bits look right', () => {
    for (let place = 2; place < 8; place += 1) {
      const code = `91500101MA5U00011L`.slice(0, place) + 'A' + `91500101MA5U00011L`.slice(place + 1);
      expect(checkCreditCode(code)).toMatchObject({ problem: 'CHARACTER', position: place + 1 });
    }
    expect('Ĺ'.charCodeAt(0) & 127).toBe('9'.charCodeAt(0));
    expect(checkCreditCode('Ĺ1500101MA5U00011L')).toMatchObject({ problem: 'CHARACTER', position: 1 });
  });

  it.each([
    ['', 'EMPTY'], [' \u3000', 'EMPTY'], ['9150010', 'LENGTH'], ['91500101MA5U00011', 'LENGTH'], ['91500101MA5U00011LL', 'LENGTH'],
    ['N/A', 'LENGTH'], ['91500101MA5U-0011L', 'CHARACTER'], ['万州区重庆市统一社会信用代码不详不详不', 'LENGTH'],
    ['重庆市万州区统一社会信用代码不详不详', 'CHARACTER'], ['9150A101MA5U00011L', 'CHARACTER'], ['000000000000000000', 'CHARACTER'],
  ])('%j is invalid: %s', (text, problem) => {
    expect(checkCreditCode(text)).toMatchObject({ kind: 'INVALID', problem });
    expect(isValidCreditCode(text)).toBe(false);
  });

  it.each([
    ['９１５００１０１ＭＡ５Ｕ０００１１Ｌ'], ['91500101ma5u00011l'], ['  91500101MA5U00011L\r\n'], ['91500101 MA5U0001 1L'],
    ['\ufeff91500101MA5U\u200b00011L\u3000'], ['\t９１500101ｍa5U00011l'],
  ])('normalises %j', (text) => {
    expect(normaliseCreditCode(text)).toBe('91500101MA5U00011L');
    expect(checkCreditCode(text)).toMatchObject({ code: '91500101MA5U00011L', kind: 'CREDIT_CODE' });
    expect(isValidCreditCode(text)).toBe(true);
  });

  it('accepts every code with a computed check character and finds every single wrong character and swap of neighbours', () => {
    fc.assert(fc.property(validCode, fc.integer({ min: 0, max: 17 }), letter, (code, place, other) => {
      expect(checkCreditCode(code).kind).toBe('CREDIT_CODE');
      const changed = code.slice(0, place) + other + code.slice(place + 1);
      expect(isValidCreditCode(changed)).toBe(changed === code);
      const swapped = code.slice(0, place) + (code[place + 1] ?? '') + code[place] + code.slice(place + 2);
      expect(isValidCreditCode(swapped)).toBe(swapped === code);
    }));
  });

  it('never throws, and says INVALID exactly where it names a problem', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme', minLength: 13, maxLength: 20 })), (text) => {
      const check = checkCreditCode(text);
      expect(check.kind === 'INVALID').toBe(check.problem !== undefined);
      expect(check.kind === 'CREDIT_CODE').toBe(isValidCreditCode(text));
    }));
  });

  it('computes check characters only for what can begin a code', () => {
    for (const first17 of ['', '91500101MA5U0001', '91500101MA5U000111', '91500101MA5U0001I', '0'.repeat(17)]) {
      expect(() => creditCodeCheckCharacter(first17)).toThrow(RangeError);
    }
  });
});

describe('registration number of GS 15-2006', () => {
  it('recognises 15 digits with a MOD 11,10 check', () => {
    expect(checkCreditCode('110108000000016')).toEqual({ code: '110108000000016', kind: 'LEGACY_REGISTRATION', regionCode: '110108' });
    expect(checkCreditCode(' １１０１０８０００００００１６')).toMatchObject({ kind: 'LEGACY_REGISTRATION' });
    expect(isValidCreditCode('110108000000016')).toBe(false);
  });

  it('tells a wrong check from a wrong character', () => {
    expect(checkCreditCode('110108000000017')).toEqual({
      code: '110108000000017', kind: 'INVALID', problem: 'CHECKSUM', regionCode: '110108',
    });
    expect(checkCreditCode('11010800000001A')).toEqual({ code: '11010800000001A', kind: 'INVALID', problem: 'CHARACTER', position: 15 });
  });

  it('finds every single wrong digit', () => {
    for (let place = 0; place < 15; place += 1) {
      for (const digit of '0123456789') {
        const changed = `110108000000016`.slice(0, place) + digit + `110108000000016`.slice(place + 1);
        expect(checkCreditCode(changed).kind === 'LEGACY_REGISTRATION').toBe(changed === '110108000000016');
      }
    }
  });

  it('recognises the numbers of cooperatives by their shape', () => {
    expect(checkCreditCode('500101NA000123X')).toEqual({ code: '500101NA000123X', kind: 'LEGACY_REGISTRATION', regionCode: '500101' });
    expect(checkCreditCode('500101NA0001234').problem).toBe('CHARACTER');
  });
});

describe('organisation code inside', () => {
  it.each(['66600721-7', '666007217', '59498494X', '59498494-x', '71526726X', '676129728'])('%s is valid (GB 11714)', (code) =>
    expect(isValidOrganisationCode(code)).toBe(true));

  it.each(['666007218', '594984940', '5949849X', '', '66600721--7', '66600721I'])('%j is not', (code) =>
    expect(isValidOrganisationCode(code)).toBe(false));

  it('is characters 9 to 17, and its own check holds in every real vector', () => {
    expect(organisationCodeOf('9135021359498494XQ')).toBe('59498494X');
    for (const code of VALID.slice(0, 14)) expect(isValidOrganisationCode(organisationCodeOf(code))).toBe(true);
  });

  it('writes 10 as X and 11 as 0', () => {
    expect(organisationCodeCheckCharacter('59498494')).toBe('X');
    expect(organisationCodeCheckCharacter('00000000')).toBe('0');
  });
});

describe('entityKindOfCode', () => {
  it.each([
    ['91500101MA5U00011L', 'ENTERPRISE'], ['92500101MA5UW0016R', 'SELF_EMPLOYED'], ['93500101MA5UH0014B', 'COOPERATIVE'],
    ['12500101762660013E', 'PUBLIC_BODY'], ['51500101MA5U00011L', 'SOCIAL_ORGANISATION'], ['N2500101MA5U00011L', 'RURAL_COLLECTIVE'],
    ['31500101MA5U00011L', 'OTHER'], ['99500101MA5U00011L', 'OTHER'], ['92500101ma5uw0016r', 'SELF_EMPLOYED'],
    ['110108000000016', 'ENTERPRISE'], ['500101600000012', 'SELF_EMPLOYED'], ['500101NA000123X', 'COOPERATIVE'],
    ['', undefined], ['9150', undefined], ['IOSVZ0101MA5U00011L'.slice(0, 18), undefined], ['92500101MA5UW00', undefined],
  ])('%s is %s', (code, kind) => expect(entityKindOfCode(code)).toBe(kind));
});
