import fc from 'fast-check';
import { SECTIONS } from './industries.data.js';
import { GROUPS_AND_CLASSES } from './industries-names.data.js';
import { checkIndustryCode, divisionName, industryByName, industrySection, isIndustryWithin, sectionName } from './industries.js';

/** domain.md 3.5: first and last division of every section. */
const RANGES: [section: string, first: number, last: number][] = [
  ['A', 1, 5], ['B', 6, 12], ['C', 13, 43], ['D', 44, 46], ['E', 47, 50], ['F', 51, 52], ['G', 53, 60], ['H', 61, 62], ['I', 63, 65],
  ['J', 66, 69], ['K', 70, 70], ['L', 71, 72], ['M', 73, 75], ['N', 76, 79], ['O', 80, 82], ['P', 83, 83], ['Q', 84, 85], ['R', 86, 90],
  ['S', 91, 96], ['T', 97, 97],
];
const twoDigits = (division: number) => String(division).padStart(2, '0');

describe('the classification', () => {
  it('has 20 sections and 97 divisions', () => {
    expect(SECTIONS).toHaveLength(20);
    expect(SECTIONS.flatMap(({ divisions }) => Object.keys(divisions))).toHaveLength(97);
  });

  it.each(RANGES)('section %s has the divisions %i to %i', (section, first, last) => {
    const expected = Array.from({ length: last - first + 1 }, (_, index) => twoDigits(first + index));
    expect(Object.keys(SECTIONS.find(({ code }) => code === section)!.divisions).sort()).toEqual(expected);
    for (const division of expected) expect(industrySection(division)).toBe(section);
  });

  it('names sections and divisions', () => {
    expect(sectionName('A')).toBe('农、林、牧、渔业');
    expect(sectionName('T')).toBe('国际组织');
    expect(divisionName('13')).toBe('农副食品加工业');
    expect(divisionName('97')).toBe('国际组织');
    expect(sectionName('U')).toBeUndefined();
    expect(divisionName('98')).toBeUndefined();
  });
});

describe('checkIndustryCode', () => {
  it.each([
    ['C13', 'C13', 'C', '13'], ['C131', 'C131', 'C', '13'], ['C1310', 'C1310', 'C', '13'], ['13', 'C13', 'C', '13'],
    ['1310', 'C1310', 'C', '13'], ['0111', 'A0111', 'A', '01'], ['k7010', 'K7010', 'K', '70'], ['Ｃ１３', 'C13', 'C', '13'],
    [' 5 2 ', 'F52', 'F', '52'], ['T97', 'T97', 'T', '97'], ['S96', 'S96', 'S', '96'], ['C1399', 'C1399', 'C', '13'],
  ])('%s is %s', (text, code, section, division) => expect(checkIndustryCode(text)).toEqual({ code, section, division }));

  it.each([
    ['', 'SHAPE'], ['C', 'SHAPE'], ['1', 'SHAPE'], ['C1', 'SHAPE'], ['C13100', 'SHAPE'], ['U13', 'SHAPE'], ['13C', 'SHAPE'],
    ['批发业', 'SHAPE'],
    ['00', 'DIVISION'], ['98', 'DIVISION'], ['A00', 'DIVISION'], ['T98', 'DIVISION'],
    ['T96', 'SECTION'], ['A13', 'SECTION'], ['C52', 'SECTION'],
  ])('%j has the problem %s', (text, problem) => {
    expect(checkIndustryCode(text)).toEqual({ code: text, problem });
    expect(industrySection(text)).toBeUndefined();
  });

  it('accepts a letter with a division exactly where they belong together', () => {
    const twoDigitNumber = fc.integer({ min: 0, max: 99 });
    fc.assert(fc.property(fc.constantFrom(...RANGES), twoDigitNumber, twoDigitNumber, ([section, first, last], division, rest) => {
      const valid = division >= first && division <= last;
      expect(checkIndustryCode(section + twoDigits(division) + twoDigits(rest)).problem === undefined).toBe(valid);
    }));
  });
});

describe('isIndustryWithin', () => {
  it.each([
    ['C1310', 'C', true], ['C1310', 'C13', true], ['1310', '131', true], ['C1310', 'C1310', true], ['C13', 'C1310', false],
    ['C1310', 'C14', false], ['C1310', 'D', false], ['C99', 'C', false], ['C1310', 'X', false], ['C1310', '', false],
  ])('%s within %s: %s', (code, scope, within) => expect(isIndustryWithin(code, scope)).toBe(within));
});

describe('industryByName', () => {
  it.each([
    ['农副食品加工业', 'C13'], ['农副食品加工', 'C13'], ['稻谷种植', 'A0111'], ['批发业', 'F51'], ['批发', 'F51'], ['农林牧渔业', 'A'], ['农、林、牧、渔业', 'A'], ['制造业', 'C'],
    ['房地产业', 'K70'], ['教育', 'P83'], ['国际组织', 'T97'], ['燃气生产和供应业', 'D45'], ['C13 农副食品加工业', 'C13'], ['13农副食品加工业', 'C13'], [' 酒,饮料和精制茶制造业 ', 'C15'],
    ['C制造业', 'C'], ['三维（3D）打印技术推广服务', 'M7517'],
  ])('%s is %s', (name, code) => expect(industryByName(name)).toEqual({ code, section: code[0] }));

  it.each(['', '建材', '农', 'C', '13', '业', '食品', 'constructor'])('%j is none', (name) => expect(industryByName(name)).toBeUndefined());

  it('knows the 1,653 groups and classes, each with a code that is valid', () => {
    const entries = GROUPS_AND_CLASSES.split(' ');
    expect(entries).toHaveLength(1653);
    for (const entry of entries) {
      const { problem, code } = checkIndustryCode(/^\d+/.exec(entry)![0]);
      expect(problem).toBeUndefined();
      expect(code.startsWith(industryByName(entry.replace(/^\d+/, ''))!.code)).toBe(true);
    }
  });
});
