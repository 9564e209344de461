import { inflateSync } from 'node:zlib';
import { drawPoster, type Poster } from './poster.js';

const poster: Poster = {
  url: `http://127.0.0.1:3000/v1/scans/${'A'.repeat(120)}`, harborName: '三峡示范银行金融服务港湾', harborNumber: 'WZ-HB-0001', place: '高笋塘街道玥瑆大厦',
  shortCode: 'abcdefghij0123456789', version: 2, validTo: '2027-06-30', madeAt: new Date('2026-11-22T00:00:00Z'),
};

/** Every stream of the document, unpacked. */
function streams(pdf: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 7)) {
    const end = pdf.indexOf('endstream', at);
    const head = pdf.toString('latin1', pdf.lastIndexOf('obj', at), at);
    const body = pdf.subarray(at + 7, end);
    found.push(head.includes('FlateDecode') ? inflateSync(body) : body);
    at = end;
  }
  return found;
}

/** The characters that the embedded fonts say they show (their ToUnicode maps). */
function characters(pdf: Buffer): Set<string> {
  const maps = streams(pdf).map((stream) => stream.toString('latin1')).filter((text) => text.includes('begincmap'));
  const codes = maps.flatMap((map) => [...map.matchAll(/<([0-9a-f]{4,8})>/gi)].map(([, hex]) => hex));
  return new Set(codes.map((hex) => Buffer.from(hex, 'hex').swap16().toString('utf16le')));
}

describe('the poster of a loan code', () => {
  it('is a small A4 page whose Chinese fonts are embedded, cut to what stands on it', async () => {
    const pdf = await drawPoster(poster);
    const text = pdf.toString('latin1');
    expect(text.slice(0, 5)).toBe('%PDF-');
    expect(text).toContain('/MediaBox [0 0 595.28 841.89]');
    expect([...text.matchAll(/\/FontFile2 /g)]).toHaveLength(2);
    expect(new Set([...text.matchAll(/\/BaseFont \/[A-Z]{6}\+([\w-]+)/g)].map(([, name]) => name))).toEqual(new Set(['NotoSansSC-Regular', 'NotoSansSC-Bold']));
    expect(pdf.length).toBeLessThan(80_000);
    const shown = characters(pdf);
    for (const character of `${poster.harborName}${poster.place}${poster.shortCode}一码贷长江融通2027`) expect(shown).toContain(character);
    expect(shown).not.toContain('鱻');
  });

  it('is the same to the byte for the same code, and another for another', async () => {
    const [one, again, other] = await Promise.all([poster, poster, { ...poster, url: `${poster.url}B` }].map(drawPoster));
    expect(again.equals(one)).toBe(true);
    expect(other.equals(one)).toBe(false);
  });

  it('makes long names smaller rather than cutting them', async () => {
    const long = await drawPoster({ ...poster, harborName: '很长的名字'.repeat(12), validTo: null });
    const shown = characters(long);
    expect(shown).toContain('效');
    const sizes = streams(long).flatMap((stream) => [...stream.toString('latin1').matchAll(/\/F\d+ ([\d.]+) Tf/g)].map(([, size]) => Number(size)));
    expect(Math.min(...sizes)).toBeLessThan(10);
  });
});
