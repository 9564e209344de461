import fc from 'fast-check';
import { maskAddress, maskBankCard, maskEmail, maskInText, maskLandline, maskMobile, maskName, maskPhone, maskResidentId } from './masking.js';

describe('masks', () => {
  it.each([
    [maskName, '段正淳', '段**'], [maskName, '段誉', '段*'], [maskName, '段', '*'], [maskName, '', ''], [maskName, '𠮷田太郎', '𠮷***'],
    [maskName, ' 欧阳克 ', '欧**'],
    [maskResidentId, '51343620000320711X', '5***************1X'], [maskResidentId, '50010119900101123X', '5***************3X'],
    [maskResidentId, '123', '***'], [maskResidentId, '1234', '1*34'],
    [maskMobile, '18049531999', '180****1999'], [maskMobile, '1804953', '*******'], [maskMobile, '18049539', '180*9539'],
    [maskLandline, '09157518479', '0915*****79'], [maskLandline, '023-58123456', '023-******56'], [maskLandline, '110', '***'],
    [maskPhone, '18049531999', '180****1999'], [maskPhone, '09157518479', '0915*****79'], [maskPhone, ' 18049531999 ', '180****1999'],
    [maskEmail, 'duandazhi@gmail.com.cn', 'd********@gmail.com.cn'],
    [maskEmail, 'duandazhi-jack@gmail.com.cn', 'd*************@gmail.com.cn'],
    [maskEmail, 'a@b.cn', '*@b.cn'], [maskEmail, 'a@b@c.cn', 'a**@c.cn'], [maskEmail, '@b.cn', '@b.cn'], [maskEmail, 'nobody', '******'],
    [maskAddress, '北京市海淀区马连洼街道289号', '北京市海淀区马********'], [maskAddress, '万州区高笋塘', '******'], [maskAddress, '', ''],
    [maskBankCard, '11011111222233333256', '1101 **** **** **** 3256'], [maskBankCard, '6227880100100105123', '6227 **** **** **** 123'],
    [maskBankCard, '6222 6008 1001 0123 4', '6222 **** **** **** 4'], [maskBankCard, '123456789', '1234 **** 9'],
    [maskBankCard, '12345678', '********'],
    [maskInText, '联系13912345678或duan@b.cn', '联系139****5678或d***@b.cn'], [maskInText, '50010119900101123X。', '5***************3X。'],
    [maskInText, '（１３９１２３４５６７８）', '(139****5678)'], [maskInText, '万州（一）号', '万州（一）号'],
    [maskInText, '91500101MA5U00011L 500101199001011234 139123456789 A13912345678', '91500101MA5U00011L 500101199001011234 139123456789 A13912345678'],
  ])('%p of %j', (mask, text, expected) => expect(mask(text)).toBe(expected));

  it('hides at least one character of whatever it is given, and keeps the length', () => {
    const masks = [maskName, maskResidentId, maskMobile, maskLandline, maskPhone, maskAddress];
    const value = fc.string({ unit: fc.constantFrom(...'0123456789X万州区'), minLength: 1 });
    fc.assert(fc.property(fc.constantFrom(...masks), value, (mask, text) => {
      expect(mask(text)).toContain('*');
      expect(mask(text)).toHaveLength(text.length);
    }));
  });

  it('never shows a digit more of a card than eight', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 24 }), (card) => {
      expect(maskBankCard(card).replace(/[* ]/g, '').length).toBeLessThanOrEqual(8);
      expect(maskBankCard(card).replace(/ /g, '')).toHaveLength(card.length);
    }));
  });
});
