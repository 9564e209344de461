import { MessageChannel, MessageKind, messageKinds, type MessageVariables } from './message-kinds.js';
import { mailText, partsOf, render, smsParts, smsText } from './rendering.js';

const kinds = Object.values(MessageKind);
/** Every combination of values that a kind has words for. */
const variablesOf = (kind: MessageKind): MessageVariables[] => Object.entries(messageKinds[kind].words).reduce<MessageVariables[]>(
  (all, [name, values]) => all.flatMap((one) => Object.keys(values).map((value) => ({ ...one, [name]: value }))), [{}]);

describe('templates', () => {
  it.each(kinds)('%s says something in Chinese, with its number, in one part of an SMS', (kind) => {
    for (const variables of variablesOf(kind)) {
      const { subject, text } = render(kind, { count: 99_999, variables });
      expect(text).toContain('99999');
      expect(subject + text).not.toMatch(/[{}]|undefined/);
      expect(subject).toMatch(/^\p{Script=Han}{4,20}$/u);
      expect(partsOf(MessageChannel.SMS, '某某地区金融服务港湾平台', text)).toBe(1); // the longest sender that may be configured
    }
  });

  it('know their words alone: what is missing, strange or has no word is refused', () => {
    const list = MessageKind.LIST_REVIEWED;
    expect(render(list, { count: 2, variables: { outcome: 'RETURNED' } }).text).toBe('贵单位报送的名单有2份被退回，请查看。');
    for (const variables of [{}, { outcome: '万州示例面粉厂' }, { outcome: 'toString' }, { outcome: 'APPROVED', name: 'x' }] as MessageVariables[]) {
      expect(() => render(list, { count: 1, variables })).toThrow(/LIST_REVIEWED/);
    }
    expect(() => render(MessageKind.ISSUE_REGISTERED, { count: 1, variables: { count: '欧阳' } })).toThrow('no variable count');
    for (const count of [0, -1, 1.5, Number.NaN, '1' as never]) expect(() => render(list, { count, variables: { outcome: 'APPROVED' } })).toThrow('count');
  });

  it('do not say in an error what they were given', () => {
    try {
      render(MessageKind.LIST_REVIEWED, { count: 1, variables: { outcome: '欧阳明月' } });
      expect('thrown').toBe('');
    } catch (error) {
      expect(String(error)).not.toContain('欧阳明月');
    }
  });
});

describe('an SMS', () => {
  it.each([[0, 1], [70, 1], [71, 2], [134, 2], [135, 3], [201, 3], [202, 4]])('of %d characters has %d parts', (length, parts) => {
    expect(smsParts('港'.repeat(length))).toBe(parts);
  });

  it('counts a character outside the first plane twice', () => expect(smsParts(`${'港'.repeat(69)}𠮷`)).toBe(2));
  it('begins with who sends it', () => expect(smsText('金融服务港湾', '请查看。')).toBe('【金融服务港湾】请查看。'));
  it('alone has parts', () => expect(partsOf(MessageChannel.MAIL, '金融服务港湾', '请查看。')).toBeNull());
});

describe('a mail', () => {
  const mail = { sender: '金融服务港湾', name: '周敏', text: '请查看。', url: 'https://x.example', unsubscribeUrl: 'https://x.example/unsubscribe/t' };

  it('greets, says it, and tells how to get no more', () => {
    expect(mailText(mail)).toMatch(/^周敏您好：\n\n请查看。\n[\s\S]*https:\/\/x\.example\n[\s\S]*【金融服务港湾】\n[\s\S]*https:\/\/x\.example\/unsubscribe\/t\n$/);
  });
  it('greets nobody by name whose name is gone', () => expect(mailText({ ...mail, name: null })).toMatch(/^您好：\n/));
});
