import { MessageChannel, type MessageKind, messageKinds, type MessageVariables } from './message-kinds.js';

/** What a message says, before it is addressed to anybody. */
export interface RenderedMessage {
  subject: string;
  text: string;
}

/** Of a message in Chinese, 70 characters go into one SMS; of several that are put together, 67 into each (3GPP TS 23.038, 23.040). */
const [alone, together] = [70, 67];

/** How many parts an SMS is sent, and paid, in. Characters outside the first plane count as two. */
export const smsParts = (text: string): number => (text.length <= alone ? 1 : Math.ceil(text.length / together));

/** Fills in a template. Throws where a variable is missing, is none of the template's, or has a value that the template has no word for. */
export function render(kind: MessageKind, { count, variables }: { count: number; variables: MessageVariables }): RenderedMessage {
  const { words, subject, text } = messageKinds[kind];
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${kind}: count is no number of things.`);
  const strange = Object.keys(variables).filter((name) => !Object.hasOwn(words, name));
  if (strange.length > 0) throw new Error(`${kind} has no variable ${strange.join(', ')}.`);
  const fill = (template: string): string => template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'count') return String(count);
    const known = Object.hasOwn(words, name) ? words[name] : {};
    const value = variables[name];
    if (value === undefined || !Object.hasOwn(known, value)) throw new Error(`${kind}: ${name} has no word for its value.`);
    return known[value];
  });
  return { subject: fill(subject), text: fill(text) };
}

/** The text of an SMS: who sends it stands in front, as operators want it. */
export const smsText = (sender: string, text: string): string => `【${sender}】${text}`;

/** The text of a mail. */
export function mailText(mail: { sender: string; name: string | null; text: string; url: string; unsubscribeUrl: string }): string {
  return [
    `${mail.name ?? ''}您好：`, '', mail.text, '', `请登录系统查看：${mail.url}`, '', `【${mail.sender}】`,
    `本邮件由系统自动发出，请勿回复。不再接收此类邮件，请打开：${mail.unsubscribeUrl}`, '',
  ].join('\n');
}

/** How many parts a message of a kind takes as an SMS; null for mail. */
export const partsOf = (channel: MessageChannel, sender: string, text: string): number | null =>
  (channel === MessageChannel.SMS ? smsParts(smsText(sender, text)) : null);
