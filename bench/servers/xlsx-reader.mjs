// @ts-check
/** Reads a workbook in one of three ways, in a process of its own, and prints what it cost: `xlsx-reader.mjs ours|exceljs|limit FILE`. */
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';

const [, , way, path] = /** @type {[string, string, string, string]} */ (process.argv);

/** @type {Record<string, () => Promise<(path: string) => Promise<{ rows: number, cells: number }>>>} */
const ways = {
  async ours() {
    const { openList } = await import('@finharbor/enterprise-lists/imports/open-list');
    return async (file) => {
      const handle = await open(file);
      const { size } = await handle.stat();
      /** @param {number} position @param {number} length */
      const read = async (position, length) => {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
        return buffer.subarray(0, bytesRead);
      };
      const source = await openList({
        size, read,
        async* stream(position = 0) {
          for (let at = position; at < size;) {
            const chunk = await read(at, 262_144);
            yield chunk;
            at += chunk.length;
          }
        },
      });
      let [rows, cells] = [0, 0];
      for await (const batch of source.batches()) for (const row of batch) [rows, cells] = [rows + 1, cells + row.cells.length];
      await handle.close();
      return { rows, cells };
    };
  },
  async exceljs() {
    const { default: excel } = await import('exceljs');
    return async (file) => {
      let [rows, cells] = [0, 0];
      const reader = new excel.stream.xlsx.WorkbookReader(file, { worksheets: 'emit', sharedStrings: 'cache', styles: 'cache', hyperlinks: 'ignore', entries: 'ignore' });
      for await (const sheet of reader) {
        for await (const row of sheet) [rows, cells] = [rows + 1, cells + /** @type {unknown[]} */ (row.values).length - 1];
      }
      return { rows, cells };
    };
  },
  /** What any reader must do: expand the two large parts and look at every tag. Nothing is made of it. */
  async limit() {
    const { SaxesParser } = await import('saxes');
    const { openPromise } = createRequire(import.meta.url)('yauzl');
    return async (file) => {
      let [rows, cells] = [0, 0];
      const zip = await openPromise(file);
      for await (const entry of zip.eachEntry()) {
        if (!/sheet1|sharedStrings/.test(entry.fileName)) continue;
        const parser = new SaxesParser();
        parser.on('opentag', ({ name }) => {
          if (name === 'row') rows += 1;
          if (name === 'c') cells += 1;
        });
        parser.on('text', () => undefined);
        const text = new TextDecoder();
        for await (const chunk of await zip.openReadStreamPromise(entry)) parser.write(text.decode(chunk, { stream: true }));
        parser.close();
      }
      return { rows, cells };
    };
  },
};

const read = await /** @type {NonNullable<typeof ways[string]>} */ (ways[way])();
const idle = process.resourceUsage().maxRSS;
const [cpu, wall] = [process.cpuUsage(), performance.now()];
const { rows, cells } = await read(path);
const { user, system } = process.cpuUsage(cpu);
const { maxRSS } = process.resourceUsage();
const seconds = (performance.now() - wall) / 1000;
console.log(JSON.stringify({ rows, cells, cpu: (user + system) / 1e6, wall: seconds, memory: maxRSS / 1024, idle: idle / 1024 }));
