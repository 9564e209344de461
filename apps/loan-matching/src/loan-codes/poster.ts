import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { create } from 'qrcode';

/** What stands on a poster. No person, and nothing that one bank would not print for another. */
export interface Poster {
  url: string;
  harborName: string;
  harborNumber: string;
  place: string;
  shortCode: string;
  version: number;
  validTo: string | null;
  madeAt: Date;
}

const { resolve } = createRequire(import.meta.url);
const fontOf = (weight: string): Promise<Buffer> => readFile(resolve(`@expo-google-fonts/noto-sans-sc/${weight}/NotoSansSC_${weight}.ttf`));
/** 21 MB, read by the first poster of a process and shared by all: posters drawn at once would hold that much each. */
let fonts: Promise<[Buffer, Buffer]> | undefined;
const [width, height] = [595.28, 841.89];
const [red, gold, ink, grey] = ['#b3121b', '#f4d58d', '#1f1f1f', '#6b6b6b'];
const steps = ['扫一扫，无需注册', '选产品，理由看得懂', '提一次，各家银行都能到', '跟进度，结果有说明'];

/**
 * Draws the poster of a loan code: A4, the one style of the district (H-103, 统一样式). Its fonts are Noto Sans SC, embedded with only the
 * characters that stand on it. The same poster gives the same bytes.
 */
export async function drawPoster(poster: Poster): Promise<Buffer> {
  const [regular, bold] = await (fonts ??= Promise.all([fontOf('400Regular'), fontOf('700Bold')]));
  const info = { Title: `贷款码 ${poster.harborNumber}`, Author: 'FinHarbor', Subject: poster.url, CreationDate: poster.madeAt, ModDate: poster.madeAt };
  const page = new PDFDocument({ size: 'A4', margin: 0, lang: 'zh-CN', displayTitle: true, info });
  const parts: Buffer[] = [];
  const drawn = new Promise<Buffer>((done, failed) => {
    page.on('data', (part: Buffer) => parts.push(part)).on('end', () => done(Buffer.concat(parts))).on('error', failed);
  });
  page.registerFont('regular', regular as never).registerFont('bold', bold as never);
  const line = (text: string, y: number, size: number, { font = 'regular', color = ink, left = 40, room = width - 80, centre = true } = {}): void => {
    page.font(font).fontSize(size);
    const fitting = Math.min(size, size * room / page.widthOfString(text));
    page.fontSize(fitting).fillColor(color);
    page.text(text, left + (centre ? (room - page.widthOfString(text)) / 2 : 0), y + (size - fitting) / 2, { lineBreak: false });
  };

  page.rect(0, 0, width, 190).fill(red).rect(0, 190, width, 6).fill(gold);
  line('一码贷', 36, 68, { font: 'bold', color: '#ffffff' });
  line('金融服务港湾 · 长江渝融通贷款码', 136, 22, { color: gold });
  line(poster.harborName, 214, 30, { font: 'bold' });
  line(poster.place, 256, 16, { color: grey });
  drawQr(page, poster.url, (width - 300) / 2, 292, 300);
  line('微信、支付宝或手机相机扫码', 602, 16, { color: grey });
  for (const [index, step] of steps.entries()) {
    const [x, y] = [60 + (index % 2) * 250, 648 + Math.floor(index / 2) * 46];
    page.circle(x + 14, y + 14, 14).fill(red);
    line(String(index + 1), y + 3, 16, { font: 'bold', color: '#ffffff', left: x, room: 28 });
    line(step, y + 2, 17, { left: x + 38, room: 200, centre: false });
  }
  page.rect(0, 756, width, height - 756).fill('#f6f1e7');
  line('扫码、申请均不收费。贷与不贷由银行决定，结果和理由都会告诉您。', 768, 14);
  const end = poster.validTo ? `有效期至 ${poster.validTo}` : '长期有效';
  line([poster.harborNumber, `编号 ${poster.shortCode}`, `第 ${poster.version} 版`, end].join(' · '), 800, 11, { color: grey });
  page.end();
  return drawn;
}

/** The QR code as vectors, one rectangle for each run of dark modules, on a white field with its quiet zone. */
function drawQr(page: PDFKit.PDFDocument, url: string, left: number, top: number, side: number): void {
  const { modules } = create(url, { errorCorrectionLevel: 'Q' });
  const module = side / (modules.size + 8);
  page.rect(left, top, side, side).fill('#ffffff');
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      const from = column;
      while (column < modules.size && modules.get(row, column)) column += 1;
      if (column > from) page.rect(left + (from + 4) * module, top + (row + 4) * module, (column - from) * module, module);
    }
  }
  page.fill('#000000');
}
