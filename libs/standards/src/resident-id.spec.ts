import fc from 'fast-check';
import { checkResidentId, isValidResidentId, residentIdCheckCharacter } from './resident-id.js';

const withCheck = (first17: string) => first17 + residentIdCheckCharacter(first17);

describe('checkResidentId', () => {
  it.each([
    ['11010519491231002X', '1949-12-31'], ['440524188001010014', '1880-01-01'],
    ['50010119900101123X', '1990-01-01'], ['50010119851212002X', '1985-12-12'],
  ])('%s is valid', (id, birthDate) => {
    expect(checkResidentId(id)).toEqual({ id, birthDate, regionCode: id.slice(0, 6) });
    expect(isValidResidentId(id)).toBe(true);
  });

  it('normalises', () => {
    expect(checkResidentId(' ５００１０１ 19900101 123x ')).toMatchObject({ id: '50010119900101123X', birthDate: '1990-01-01' });
  });

  it.each([
    ['', 'EMPTY'], ['500101199001011', 'LENGTH'], ['500101900101123', 'LENGTH'], ['5001011990010112345', 'LENGTH'],
    ['50010119900101123Y', 'CHARACTER'], ['5001011990010112X3', 'CHARACTER'], ['50010１19900101l23X', 'CHARACTER'],
    [withCheck('50010119900230123'), 'DATE'], [withCheck('50010119901301123'), 'DATE'], [withCheck('50010119000229123'), 'DATE'],
    [withCheck('50010100000101123'), 'DATE'], ['110105194912310021', 'CHECKSUM'], ['440524188001010015', 'CHECKSUM'],
  ])('%j has the problem %s', (id, problem) => {
    expect(checkResidentId(id)).toMatchObject({ problem });
    expect(checkResidentId(id).birthDate).toBeUndefined();
    expect(isValidResidentId(id)).toBe(false);
  });

  it('accepts a leap day that existed', () => {
    expect(checkResidentId(withCheck('50010120000229123')).birthDate).toBe('2000-02-29');
  });

  it('warns of an unknown province, no more', () => {
    const id = withCheck('99010119900101123');
    expect(checkResidentId(id)).toEqual({ id, birthDate: '1990-01-01', regionCode: '990101', warning: 'REGION' });
    expect(isValidResidentId(id)).toBe(true);
  });

  it('refuses births after the given day', () => {
    const id = withCheck('50010120261122123');
    expect(checkResidentId(id, '2026-11-21').problem).toBe('DATE');
    expect(checkResidentId(id, '2026-11-22').problem).toBeUndefined();
    expect(checkResidentId(id).problem).toBeUndefined();
  });

  it('finds every single wrong digit behind the date', () => {
    const digit = fc.constantFrom(...'0123456789');
    fc.assert(fc.property(fc.constantFrom(0, 1, 2, 3, 4, 5, 14, 15, 16, 17), digit, (place, other) => {
      const id = '50010119900101123X';
      const changed = id.slice(0, place) + other + id.slice(place + 1);
      expect(isValidResidentId(changed)).toBe(changed === id);
    }));
  });

  it('computes a check for 17 digits only', () => {
    expect(residentIdCheckCharacter('11010519491231002')).toBe('X');
    expect(() => residentIdCheckCharacter('1101051949123100')).toThrow(RangeError);
    expect(() => residentIdCheckCharacter('1101051949123100X')).toThrow(RangeError);
  });
});
