import type { Socket } from 'node:net';
import { type ErrorCode, problem } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';

const reasons: Record<number, string> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };
const statuses: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Answers what is no HTTP, before there is a request to speak of, and ends its connection. It has an id too, in the log. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const requestId = newId();
  const status = statuses[error.code ?? ''] ?? 400;
  const code: ErrorCode = 'MALFORMED_REQUEST';
  const body = JSON.stringify({ ...problem(code), status });
  if (socket.writable) {
    socket.write([
      `HTTP/1.1 ${status} ${reasons[status]}`, `Content-Length: ${Buffer.byteLength(body)}`, 'Content-Type: application/problem+json; charset=utf-8',
      `Request-Id: ${requestId}`, `X-Error-Code: ${code}`, 'Connection: close', '', body,
    ].join('\r\n'));
  }
  socket.destroySoon();
}
