import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { bearerOf } from '@finharbor/testing/callers';
import { filesDirOf } from '@finharbor/testing/database';
import request, { type Response, type Test } from 'supertest';
import { ImportWork } from '../src/imports/import-work.js';
import type { Import } from '../src/imports/import.entity.js';
import type { Story } from './support.js';

export type Told = Import & { id: string };

/** Imports of a story, called as a department calls them. */
export class Importing {
  constructor(readonly story: Story, private readonly as: Caller = story.department) {}

  announce(given: object = {}): Test {
    return this.story.app.post(this.as, '/v1/imports', { title: '测试名单', period: '2026-Q4', ...given });
  }

  put(path: string, body: string | Buffer, type = 'application/octet-stream'): Test {
    const test = request(this.story.app.app.getHttpServer()).put(`/v1/imports/${path}`);
    return test.set('authorization', bearerOf(this.as, 'enterprise-lists')).set('content-type', type).send(body as string);
  }

  post(path: string, body: object = {}, key = newId()): Test {
    return this.story.app.post(this.as, `/v1/imports/${path}`, body, key);
  }

  async get(id: string): Promise<Told> {
    return (await this.story.app.get(this.as, `/v1/imports/${id}`).expect(200)).body as Told;
  }

  /** An import when all that it wanted is done. */
  async settled(id: string): Promise<Told> {
    for (const giveUp = Date.now() + 20_000; ; ) {
      await this.story.app.app.get(ImportWork).idle();
      const imported = await this.get(id);
      if (!imported.busy) return imported;
      if (Date.now() > giveUp) throw new Error(`The import is still ${imported.state}.`);
    }
  }

  /** Announces a list, sends it and waits for its end. */
  async run(body: string | Buffer, given: object = {}): Promise<Told> {
    const { body: { id } } = await this.announce(given).expect(201);
    await this.put(`${id}/file`, body).expect(200);
    return this.settled(id);
  }

  async result(id: string, set: string, format = 'csv'): Promise<string> {
    const answer = await this.story.app.get(this.as, `/v1/imports/${id}/results/${set}?format=${format}`).buffer(true).parse(asText).expect(200);
    return answer.body as string;
  }

  async workbook(id: string, set: string): Promise<Buffer> {
    return Buffer.from(await this.result(id, set, 'xlsx'), 'latin1');
  }

  /** What lies on the disk. */
  stored(): { name: string; text: string }[] {
    const folder = filesDirOf(this.story.app.database);
    return readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  }
}

/** Text as UTF-8, anything else byte by byte. */
function asText(answer: Response, done: (error: Error | null, text: string) => void): void {
  const blocks: Buffer[] = [];
  const stream = answer as unknown as NodeJS.ReadableStream;
  stream.on('data', (block: Buffer | string) => blocks.push(Buffer.from(block)));
  stream.on('end', () => done(null, Buffer.concat(blocks).toString(answer.headers['content-type'].includes('sheet') ? 'latin1' : 'utf8')));
}
