import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { currentContext } from '../logs/context.js';
import { present } from './present.js';

/** Sends REST results through `present`. Strings and buffers (stored answers, files) are sent as they are. */
@Injectable()
export class PresentInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType<string>() !== 'http') return next.handle();
    return next.handle().pipe(map((result: unknown) =>
      typeof result === 'string' || Buffer.isBuffer(result) ? result : present(result, currentContext()?.caller?.role ?? 'anonymous')));
  }
}
