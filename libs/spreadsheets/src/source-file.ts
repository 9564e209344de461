/**
 * A list as it is stored, to be read at any place: encrypted on disk, decrypted on its way, so that nothing of it ever lies there in
 * the clear. Text is read as a stream, a workbook by its directory.
 */
export interface SourceFile {
  /** In bytes. */
  readonly size: number;
  /** Up to `length` bytes from `position` on; fewer only at the end. */
  read(position: number, length: number): Promise<Buffer>;
  /** The bytes from `position` to the end, some hundred kilobytes at a time. */
  stream(position?: number): AsyncIterable<Buffer>;
}
