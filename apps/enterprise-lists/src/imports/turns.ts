import { DomainError } from '@finharbor/contracts/errors';
import { Injectable } from '@nestjs/common';

/** Imports exclude each other in the database; what waits for another there would hold a connection that everybody needs. */
@Injectable()
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Does the work when what came before it is done. SERVICE_UNAVAILABLE to whoever waited longer than its patience. */
  take<T>(work: () => Promise<T>, patienceMs = Infinity): Promise<T> {
    const since = performance.now();
    const mine = this.last.then(() => {
      if (performance.now() - since > patienceMs) throw new DomainError('SERVICE_UNAVAILABLE', 'Other lists are being imported.');
      return work();
    });
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
