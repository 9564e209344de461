import type { Readable } from 'node:stream';
import type { MultipartFile } from '@fastify/multipart';
import { DomainError } from '@finharbor/contracts/errors';
import { InputPipe } from '@finharbor/platform/http/validation';
import type { FastifyRequest } from 'fastify';
import { CreateImportInput } from './import.inputs.js';

/** A form that brings a file along. */
export interface UploadForm {
  /** Its fields, checked; when the file was read. */
  input: () => Promise<CreateImportInput>;
  content: Readable;
}

/** What is announced, checked: the same rules for JSON and for forms. */
export const jsonInput = (body: unknown): Promise<CreateImportInput> =>
  new InputPipe().transform(body ?? {}, { type: 'body', metatype: CreateImportInput }) as Promise<CreateImportInput>;

/** The form of a request; undefined where it is none. */
export function formOf(request: FastifyRequest): Promise<UploadForm> | undefined {
  const multipart = request as FastifyRequest & { isMultipart(): boolean; file(): Promise<MultipartFile | undefined> };
  return multipart.isMultipart() ? read(() => multipart.file()) : undefined;
}

async function read(next: () => Promise<MultipartFile | undefined>): Promise<UploadForm> {
  let part: MultipartFile | undefined;
  try {
    part = await next();
  } catch {
    throw new DomainError('MALFORMED_REQUEST', 'The form cannot be read.');
  }
  if (!part) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'file', rule: 'required', message: 'the form must bring a file along' }]);
  const { file, fields, filename } = part;
  return { content: file, input: () => jsonInput({ ...filename && { fileName: filename.slice(0, 200) }, ...textsOf(fields) }) };
}

function textsOf(fields: MultipartFile['fields']): Record<string, unknown> {
  const texts = Object.entries(fields).flatMap(([name, field]) => {
    const [first] = [field].flat();
    return first?.type === 'field' ? [[name, first.value] as const] : [];
  });
  return Object.fromEntries(texts);
}
