import { DomainError, notFound } from '@finharbor/contracts/errors';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { OPERATIONS, SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { DeadLetters } from '../delivery/dead-letters.js';
import type { WireEvent } from '../delivery/envelope.js';
import { Queues } from '../redis/queues.js';
import { isTransient } from '../errors/is-transient.js';
import { Cursors } from '../http/cursors.js';
import type { Page, PageQuery } from '../http/page.js';
import { describeError } from '../logs/describe-error.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import { DeadLetter } from './dead-letter.js';

/** What an administrator does about events that went astray. Every use is audited. */
@Injectable()
export class OperationsService {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly tenancy: Tenancy,
    private readonly deadLetters: DeadLetters,
    private readonly queues: Queues,
    private readonly cursors: Cursors,
  ) {}

  /** Dead letters, newest event first. */
  list(caller: Caller, page: PageQuery): Promise<Page<DeadLetter>> {
    const scope = { list: `${this.service.name} dead letters`, organisationId: caller.organisationId };
    const after = page.cursor ? this.cursors.open(page.cursor, scope) : 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    return this.tenancy.asWorker(OPERATIONS, caller, async (tx) => {
      const rows = await this.read(tx, 'event_id < $1 order by event_id desc limit $2', [after, page.limit + 1]);
      const items = rows.slice(0, page.limit);
      const cursorOf = (item: DeadLetter): string => this.cursors.seal(item.id, scope);
      return { items, nextCursor: rows.length > page.limit ? cursorOf(items.at(-1)!) : null, cursorOf };
    });
  }

  /** Applies a dead letter after its cause was cured. ILLEGAL_STATE when it fails again: it then stays. */
  replay(caller: Caller, id: string): Promise<DeadLetter> {
    return this.tenancy.asWorker(OPERATIONS, caller, async (tx) => {
      const [letter] = await this.read(tx, 'event_id = $1', [id]);
      const applied = await this.deadLetters.replay(tx, id).catch((error: unknown) => {
        throw isTransient(error) ? error : new DomainError('ILLEGAL_STATE', `The event still cannot be applied: ${describeError(error).message}`);
      });
      if (!letter || !applied) throw notFound('dead letter');
      await audit(tx, { action: 'replayDeadLetter', resource: 'event', resourceId: id });
      return letter;
    });
  }

  /** Puts an event aside that holds up others and is not put aside by itself, such as one whose handler never ends. */
  async park(caller: Caller, id: string): Promise<DeadLetter> {
    const event = await this.onItsWay(id);
    return this.tenancy.asWorker(OPERATIONS, caller, async (tx) => {
      const parked = event && await this.deadLetters.parkWithin(tx, event, 'parked by an administrator');
      const [letter] = parked ? await this.read(tx, 'event_id = $1', [id]) : [];
      if (!letter) throw notFound('event on its way');
      await audit(tx, { action: 'parkEvent', resource: 'event', resourceId: id });
      return letter;
    });
  }

  private async onItsWay(id: string): Promise<WireEvent | undefined> {
    if (!this.queues.isConnected) throw new DomainError('SERVICE_UNAVAILABLE', 'Redis is away.');
    const jobs = await this.queues.queue(this.service.name).getJobs(['active', 'wait', 'delayed']);
    const bodies = jobs.map((job) => job?.data as string | undefined).filter((body) => body?.includes(id));
    return bodies.flatMap((body) => JSON.parse(body!) as WireEvent[]).find((event) => event.i === id);
  }

  private async read(tx: Tx, where: string, parameters: unknown[]): Promise<DeadLetter[]> {
    const rows = await tx.query<object>(
      `select event_id as id, name, org_id as "organisationId", body::text as event, error as reason, parked_at as "parkedAt"
       from ${this.service.schema}.dead_letters where ${where}`, parameters);
    return rows.map((row) => Object.assign(new DeadLetter(), row));
  }
}
