import fc from 'fast-check';
import { CHONGQING } from './regions.data.js';
import { WANZHOU_STREETS } from './regions-wanzhou.data.js';
import {
  currentRegion, districtByName, districtOfAddress, districtsOfChongqing, isRegionWithin, regionOfCreditCode, regionOn, streetOf,
  streetsOfWanzhou, zoneOf, zonesOfWanzhou,
} from './regions.js';

const kinds = (regions: { kind: string }[]) =>
  regions.reduce<Record<string, number>>((counts, { kind }) => ({ ...counts, [kind]: (counts[kind] ?? 0) + 1 }), {});

describe('districts and counties of Chongqing', () => {
  it('were 38 until the merger of November 2025', () => {
    expect(kinds(districtsOfChongqing('2025-11-05'))).toEqual({ DISTRICT: 26, COUNTY: 8, AUTONOMOUS_COUNTY: 4 });
    expect(districtsOfChongqing('2023-06-30')).toHaveLength(38);
  });

  it('are 37 since: 25 districts, 8 counties, 4 autonomous counties', () => {
    expect(kinds(districtsOfChongqing('2025-11-06'))).toEqual({ DISTRICT: 25, COUNTY: 8, AUTONOMOUS_COUNTY: 4 });
  });

  it('follow the earlier changes of rank', () => {
    expect(kinds(districtsOfChongqing('2011-01-01'))).toEqual({ DISTRICT: 19, COUNTY: 17, AUTONOMOUS_COUNTY: 4 });
    expect(kinds(districtsOfChongqing('2012-01-01'))).toEqual({ DISTRICT: 19, COUNTY: 15, AUTONOMOUS_COUNTY: 4 });
    expect(kinds(districtsOfChongqing('2014-12-31')).DISTRICT).toBe(21);
    expect(kinds(districtsOfChongqing('2015-12-31')).DISTRICT).toBe(23);
    expect(kinds(districtsOfChongqing('2016-12-31')).DISTRICT).toBe(26);
  });

  it('have one bearer per code on any day, and successors that exist', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 6000 }), (offset) => {
      const date = new Date(Date.UTC(2011, 0, 1) + offset * 86_400_000).toISOString().slice(0, 10);
      const codes = districtsOfChongqing(date).map(({ code }) => code);
      expect(new Set(codes).size).toBe(codes.length);
    }));
    for (const { validTo, successors } of CHONGQING) {
      expect(validTo === undefined).toBe(successors === undefined);
      for (const code of successors ?? []) expect(regionOn(code, validTo!)).toBeDefined();
    }
  });
});

describe('regionOn and currentRegion', () => {
  it.each([
    ['500101', '2026-11-21', '万州区'], ['500243', '2026-11-21', '彭水苗族土家族自治县'], ['500105', '2025-11-05', '江北区'],
    ['500112', '2025-11-05', '渝北区'], ['500157', '2025-11-06', '两江新区'], ['500110', '2011-10-21', '万盛区'], ['500110', '2011-10-22', '綦江区'],
    ['500101001', '2026-11-21', '高笋塘街道'], ['500101Z02', '2026-11-21', '渝东新区'], ['500000', '1999-01-01', '重庆市'],
  ])('%s on %s is %s', (code, date, name) => expect(regionOn(code, date)?.name).toBe(name));

  it.each([
    ['500105', '2025-11-06'], ['500112', '2026-11-21'], ['500157', '2025-11-05'], ['500234', '2016-06-08'], ['500101Z01', '2010-06-25'],
    ['110101', '2026-01-01'], ['', '2026-01-01'],
  ])('%s on %s is nothing', (code, date) => expect(regionOn(code, date)).toBeUndefined());

  it('tells what an abolished region became', () => {
    expect(regionOn('500105', '2025-11-05')).toMatchObject({ validTo: '2025-11-06', successors: ['500157'] });
    expect(regionOn('500112', '2025-11-05')).toMatchObject({ validTo: '2025-11-06', successors: ['500157', '500109'] });
  });

  it.each([
    ['500105', '2025-11-06', '两江新区'], ['500112', '2026-11-21', '两江新区'], ['500105', '2025-11-05', '江北区'], ['500234', '2026-11-21', '开州区'],
    ['500234', '2016-01-01', '开县'], ['500222', '2026-11-21', '綦江区'], ['500110', '2026-11-21', '綦江区'], ['500110', '2010-01-01', '万盛区'],
    ['500157', '2025-01-01', undefined], ['999999', '2026-11-21', undefined],
  ])('%s leads on %s to %s', (code, date, name) => expect(currentRegion(code, date)?.name).toBe(name));
});

describe('Wanzhou', () => {
  it('has 52 streets and towns: 14, 27, 11', () => {
    const streets = streetsOfWanzhou('2026-11-21');
    expect(streets).toHaveLength(52);
    expect(kinds(streets)).toEqual({ SUBDISTRICT: 14, TOWN: 27, TOWNSHIP: 11 });
    const suffix = { SUBDISTRICT: /街道$/, TOWN: /镇$/, TOWNSHIP: /乡$/ } as Record<string, RegExp>;
    for (const { code, name, kind, parent } of WANZHOU_STREETS) {
      expect(code).toMatch(/^500101\d{3}$/);
      expect(name).toMatch(suffix[kind]!);
      expect(parent).toBe('500101');
    }
    expect(new Set(streets.map(({ code }) => code)).size).toBe(52);
    expect(new Set(streets.map(({ name }) => name)).size).toBe(52);
  });

  it('has functional zones with codes of our own', () => {
    expect(zonesOfWanzhou('2026-11-21').map(({ name }) => name)).toEqual(['万州经济技术开发区', '渝东新区']);
    expect(zonesOfWanzhou('2010-01-01').map(({ name }) => name)).toEqual(['渝东新区']);
    for (const { code } of zonesOfWanzhou('2026-11-21')) expect(code).toMatch(/^500101Z\d{2}$/);
  });
});

describe('regionOfCreditCode', () => {
  it.each([
    ['91500101MA5U00011L', undefined, '万州区'], ['91500000676129728J', undefined, '重庆市'], [' 92500101ma5uw0016r', undefined, '万州区'],
    ['500101600000012', undefined, '万州区'], ['91500105MA5U00011L', undefined, '江北区'], ['91500105MA5U00011L', '2026-11-21', '两江新区'],
    ['91500110MA5U00011L', undefined, '綦江区'], ['91500234MA5U00011L', '2026-11-21', '开州区'], ['91310110666007217T', undefined, undefined],
    ['', undefined, undefined], ['91500101', undefined, undefined],
  ])('%s on %s: %s', (code, date, name) => expect(regionOfCreditCode(code, date)?.name).toBe(name));
});

describe('districtByName', () => {
  it.each([
    ['万州', '500101'], ['万州区', '500101'], ['重庆市万州区', '500101'], ['重庆万州', '500101'], [' 万 州 ', '500101'], ['忠县', '500233'],
    ['石柱', '500240'], ['石柱县', '500240'], ['彭水苗族土家族自治县', '500243'], ['酉阳', '500242'], ['秀山', '500241'], ['两江新区', '500157'],
    ['开州', '500154'], ['开县', '500234'], ['江北', '500105'], ['万盛', '500110'], ['双桥', '500111'], ['綦江', '500110'], ['万州经开区', '500101Z01'],
    ['经开区', '500101Z01'], ['万州经济技术开发区', '500101Z01'], ['渝东新区', '500101Z02'],
  ])('%s is %s', (name, code) => expect(districtByName(name)?.code).toBe(code));

  it.each(['', '重庆', '重庆市', '忠', 'N/A', '北部新区', '区', '两江新', '成都市'])('%j is none', (name) => expect(districtByName(name)).toBeUndefined());

  it('knows 綦江 as county and as district, by date', () => {
    expect(districtByName('綦江', '2011-01-01')).toMatchObject({ code: '500222', kind: 'COUNTY' });
    expect(districtByName('綦江', '2026-01-01')).toMatchObject({ code: '500110', kind: 'DISTRICT' });
    expect(districtByName('江北', '2026-01-01')).toBeUndefined();
    expect(districtByName('两江新区', '2025-01-01')).toBeUndefined();
  });
});

describe('isRegionWithin', () => {
  it.each([
    ['500101001', '500101', true], ['500101', '500101', true], ['500101001', '500000', true], ['500101Z01', '500101', true],
    ['500243', '500000', true],
    ['500101', '500101001', false], ['500102', '500101', false], ['500000', '500101', false], ['500101999', '500101', false],
    ['500101', '', false],
  ])('%s within %s: %s', (code, scope, within) => expect(isRegionWithin(code, scope)).toBe(within));
});

describe('imported regions', () => {
  const town = { code: '500101999', name: '新设街道', kind: 'SUBDISTRICT', parent: '500101', validFrom: '2027-01-01' } as const;
  it('are there from their first day on, and only where they are passed in', () => {
    expect([regionOn(town.code, '2026-12-31', [town]), regionOn(town.code, '2027-01-01', [town]), regionOn(town.code, '2027-01-01')]).toEqual([undefined, town, undefined]);
  });

  it('take the place of a built-in one with the same first day, and leave others', () => {
    const closed = { code: '500101001', name: '高笋塘街道', kind: 'SUBDISTRICT', parent: '500101', validTo: '2027-01-01' } as const;
    expect([regionOn('500101001', '2026-12-31', [closed])?.validTo, regionOn('500101001', '2027-01-01', [closed]), regionOn('500101017', '2027-01-01', [closed])?.name])
      .toEqual(['2027-01-01', undefined, '太白街道']);
    const reborn = { ...closed, validFrom: '2027-06-01', validTo: undefined };
    expect([regionOn('500101001', '2026-12-31', [reborn])?.name, regionOn('500101001', '2027-06-01', [closed, reborn])]).toEqual(['高笋塘街道', reborn]);
  });
});

describe('addresses', () => {
  it.each([
    ['重庆市万州区白岩路420号', '500101'], ['万州区白岩路', '500101'], ['重庆万州白岩路', '500101'], ['重庆市重庆市万州区1号', '500101'], ['重庆市石柱土家族自治县南宾镇', '500240'],
    ['重庆市 忠 县忠州街道', '500233'], ['重庆市江北区建新北路', '500157'], ['重庆市两江新区黄山大道', '500157'], ['重庆市开县汉丰', '500154'], ['重庆市万州经开区', '500101'],
    ['江津路12号', undefined], ['浙江省宁波市江北区', undefined], ['重庆市白岩路', undefined], ['', undefined], ['万州', undefined], ['经开区1号', undefined],
  ])('%s begins with %s', (address, code) => expect(districtOfAddress(address, '2026-11-22')?.code).toBe(code));

  it.each([
    ['重庆市万州区太白街道白岩路', '太白街道'], ['万州区高峰镇', '高峰街道'], ['万州区地宝乡', '地宝土家族乡'], ['万州区恒合土家族乡', '恒合土家族乡'], ['万州区钟鼓楼办事处', '钟鼓楼街道'],
    ['万州区双河口 街道 龙都街道', '双河口街道'], ['万州区太白路', undefined], ['万州区新乡村', undefined], ['', undefined],
  ])('%s names the street %s', (address, name) => expect(streetOf(address, '2026-11-22')?.name).toBe(name));

  it.each([
    ['重庆市万州区经济技术开发区檬子大道', '500101Z01'], ['万州经开区', '500101Z01'], ['万州区渝东新区', '500101Z02'], ['万州区工业园', undefined],
  ])('%s names the zone %s', (address, code) => expect(zoneOf(address, '2026-11-22')?.code).toBe(code));

  it('names no zone before it was one', () => expect(zoneOf('万州经开区', '2010-01-01')).toBeUndefined());
});
