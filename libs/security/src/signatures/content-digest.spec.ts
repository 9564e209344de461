import { createHash } from 'node:crypto';
import type { DomainError } from '@finharbor/contracts/errors';
import { ContentDigest, contentDigest } from './content-digest.js';

/** What is found of a body that comes in two parts; the code of a refusal. */
function found(field: string | undefined, body: string): string {
  try {
    const digest = new ContentDigest(field);
    digest.update(Buffer.from(body.slice(0, 3)));
    digest.update(Buffer.from(body.slice(3)));
    return digest.end();
  } catch (error) {
    return (error as DomainError).code;
  }
}

// RFC 9530, appendix B.1 and B.2 (the text ends with a line feed), RFC 9421, B.2 (it does not).
const text = '{"hello": "world"}';
const line256 = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
const empty256 = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:';
const text256 = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';
const text512 = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';

describe('Content-Digest', () => {
  it('is that of the examples of RFC 9530 and RFC 9421', () => {
    expect([found(line256, `${text}\n`), found(undefined, `${text}\n`)]).toEqual([line256, line256]);
    expect(found(empty256, '')).toBe(empty256);
    expect(found(text512, text)).toBe(`${text256}, ${text512}`);
    expect(found(`${text512}, ${text256}`, text)).toBe(`${text256}, ${text512}`);
    expect(contentDigest({ 'sha-256': createHash('sha256').update(text).digest() })).toBe(text256);
  });

  it.each([
    ['another body', text256, `${text} `], ['one right and one wrong', `${text512}, ${line256}`, text], ['a digest cut short', 'sha-256=:X48E:', text],
    ['one algorithm under another’s name', text256.replace('256', '512'), text],
    ['no algorithm that is fit', 'md5=:Sd/dVLAcvNLSq16eXua5uQ==:', text], ['nothing', '', text], ['no dictionary', 'sha-256=:', text], ['no bytes', 'sha-256="X48E"', text],
    ['hexadecimal', `sha-256=${createHash('sha256').update(text).digest('hex')}`, text],
  ])('is refused with %s', (_what, field, body) => {
    expect(found(field, body)).toBe('CONTENT_DIGEST_INVALID');
  });

  it('is right with an algorithm that is not known beside one that is', () => {
    expect(found(`md5=:AA==:, ${text256}`, text)).toBe(text256);
  });
});
