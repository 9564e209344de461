import { createHash } from 'node:crypto';
import type { SourceFile } from '@finharbor/spreadsheets/source-file';

/**
 * A stored file that is known to be what was sent: in counter mode nothing else would tell. Reading it whole, as is done to tell its
 * encoding, proves it on the way.
 */
export class WholeFile implements SourceFile {
  readonly size: number;
  private isProven = false;

  constructor(private readonly file: SourceFile, private readonly sha256: string) {
    this.size = file.size;
  }

  read(position: number, length: number): Promise<Buffer> {
    return this.file.read(position, length);
  }

  stream(position = 0): AsyncIterable<Buffer> {
    return position > 0 || this.isProven ? this.file.stream(position) : this.proving();
  }

  /** Does the work when the file is proven: whatever goes wrong with another file tells nobody anything. */
  async proven<T>(work: () => Promise<T>): Promise<T> {
    const done = await work().catch((error: unknown) => this.prove().then(() => Promise.reject(error)));
    await this.prove();
    return done;
  }

  private async prove(): Promise<void> {
    const rest = this.isProven ? undefined : this.proving();
    while (rest && !(await rest.next()).done);
  }

  private async* proving(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const block of this.file.stream()) {
      hash.update(block);
      yield block;
    }
    if (hash.digest('hex') !== this.sha256) throw new Error('The stored file is not the one that was sent.');
    this.isProven = true;
  }
}
