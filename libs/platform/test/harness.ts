import { setImmediate } from 'node:timers/promises';
import { type EventName, type EventOf, eventsConsumedBy } from '@finharbor/contracts/events/catalogue';
import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import type { ServiceName } from '@finharbor/contracts/services';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { Cursors } from '@finharbor/platform/http/cursors';
import { PageQuery, readPage, toRestPage } from '@finharbor/platform/http/page';
import { currentContext } from '@finharbor/platform/logs/context';
import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { Body, Controller, Get, Injectable, Module, Param, ParseUUIDPipe, Post, Query, type Type } from '@nestjs/common';
import { Directive, ID, ObjectType } from '@nestjs/graphql';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { Entity } from 'typeorm';

/**
 * Two small services on the platform's own tables: `feedback` keeps notes of its tenants and the effects of the events
 * it receives, `harbors` publishes those events. Names are borrowed from the authorisation table.
 */
@ObjectType('Issue', { description: 'A note of one tenant.' })
@Directive('@key(fields: "id")')
@Entity({ schema: 'feedback', name: 'notes' })
export class Issue {
  @Property(() => ID, { description: 'Id.', column: { primary: true } })
  id: string;

  @Property(() => ID, { description: 'Whose it is.', column: {} })
  orgId: string;

  @Property(() => String, { description: 'What it says; dashboards do not read it.', column: {} })
  text: string;

  @Property(() => String, { nullable: true, description: 'Who said it; for banks and supervisors.', column: {} })
  registrantName: string | null;

  @Hidden({ type: 'text', nullable: true })
  secretEncrypted: string | null;
}

export class NoteInput {
  @IsString() @Length(1, 200)
  text: string;

  /** What is to go wrong after the note and its event are written. */
  @IsOptional() @IsIn(['throw', 'unknown', 'nothing', 'swallow', 'void', 'foreign'])
  then?: string;
}

export const workerReason = 'a note of anybody';

@Injectable()
export class Notes {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher, private readonly cursors: Cursors) {}

  async write(caller: Caller, input: NoteInput): Promise<Issue | undefined> {
    if (input.then === 'nothing') return undefined;
    const work = (tx: Tx): Promise<Issue | undefined> => this.insert(tx, input);
    return caller.organisationId ? this.tenancy.run(caller, work) : this.tenancy.asWorker(workerReason, caller, work);
  }

  async list(caller: Caller, page: PageQuery): Promise<{ items: Issue[]; nextCursor: string | null }> {
    return this.tenancy.run(caller, async (tx) => toRestPage(await readPage(tx.manager.createQueryBuilder(Issue, 'note'), page, this.cursors, {
      list: 'notes', organisationId: caller.organisationId,
    })));
  }

  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Issue>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.createQueryBuilder(Issue, 'note').where('note.id = any(:ids)', { ids }).getMany();
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  async get(caller: Caller, id: string): Promise<Issue> {
    const found = (await this.byIds(caller, [id])).get(id);
    if (!found) throw notFound('note');
    return found;
  }

  private async insert(tx: Tx, input: NoteInput): Promise<Issue | undefined> {
    const orgId = input.then === 'foreign' ? newId() : tx.caller?.organisationId ?? newId();
    const note = tx.manager.create(Issue, { id: newId(), orgId, text: input.text, registrantName: '李四', secretEncrypted: 'v1.cipher' });
    await tx.manager.insert(Issue, note);
    await this.publisher.publish(tx, 'issue.registered', {
      organisationId: orgId, aggregateId: note.id, version: 1, payload: { issueId: note.id, harborId: newId() },
    });
    await audit(tx, { action: 'note.write', resource: 'note', resourceId: note.id });
    if (input.then === 'throw') throw new DomainError('ILLEGAL_STATE', 'Not now.');
    if (input.then === 'unknown') throw new Error('a secret 4711 in an error');
    if (input.then === 'swallow') await tx.query('select 1 / 0').catch(() => undefined);
    return input.then === 'void' ? undefined : note;
  }
}

@Controller('v1/issues')
export class NotesController {
  constructor(private readonly notes: Notes) {}

  @Post()
  write(@CurrentCaller() caller: Caller, @Body() input: NoteInput): Promise<Issue | undefined> {
    return this.notes.write(caller, input);
  }

  /** The one route of the table that is an applicant's. */
  @Post(':id/confirmation')
  confirm(@CurrentCaller() caller: Caller, @Body() input: NoteInput): Promise<Issue | undefined> {
    return this.notes.write(caller, input);
  }

  @Get()
  list(@CurrentCaller() caller: Caller, @Query() page: PageQuery): Promise<{ items: Issue[]; nextCursor: string | null }> {
    return this.notes.list(caller, page);
  }

  @Get(':id')
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Issue> {
    return this.notes.get(caller, id);
  }
}

/** What a test wants to happen inside the handler, after the effect is written. */
export const handling: { then?: (event: EventOf<'harbor.registered'>, tx: Tx) => Promise<void> | void } = {};

@Injectable()
export class Effects {
  @On('harbor.registered')
  async registered(event: EventOf<'harbor.registered'>, tx: Tx): Promise<void> {
    await tx.query('insert into feedback.effects (event_id, name, traceparent) values ($1, $2, $3)', [
      event.id, event.payload.name, currentContext()?.traceparent,
    ]);
    await handling.then?.(event, tx);
  }
}

/** Handlers that do nothing, for every other event that the catalogue sends to the service. */
export function idleHandlers(service: ServiceName, except: EventName[] = []): Type {
  class IdleHandlers {}
  for (const name of eventsConsumedBy(service).filter((one) => !except.includes(one))) {
    Object.defineProperty(IdleHandlers.prototype, name, { value: async () => undefined, configurable: true });
    On(name)(IdleHandlers.prototype, name, Object.getOwnPropertyDescriptor(IdleHandlers.prototype, name)!);
  }
  return IdleHandlers;
}

export const feedbackPlatform = PlatformModule.for({ service: identityOf('feedback', [workerReason]), entities: [Issue] });

@Module({ imports: [feedbackPlatform], controllers: [NotesController], providers: [Notes, Effects, idleHandlers('feedback', ['harbor.registered'])] })
export class FeedbackModule {}

/** Publishes the events that feedback receives. */
@Injectable()
export class Harbors {
  constructor(private readonly tenancy: Tenancy, private readonly publisher: Publisher) {}

  register(...names: string[]): Promise<string[]> {
    return this.tenancy.worker(async (tx) => {
      for (const name of names) {
        await this.publisher.publish(tx, 'harbor.registered', {
          organisationId: newId(), aggregateId: newId(), version: 1,
          payload: { harborId: newId(), number: 'WZ-HB-0001', name, hostBankId: newId(), areaCode: '500101001' },
        });
      }
      return names;
    });
  }
}

@Module({ imports: [PlatformModule.for({ service: identityOf('harbors'), entities: [] })], providers: [Harbors, idleHandlers('harbors')] })
export class HarborsModule {}

/** A cloned database with the tables of the small services beside those of the platform. */
export async function createDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await database.query(`
    set role feedback_owner;
    create table feedback.notes (id uuid primary key, org_id uuid not null, text text not null, registrant_name text, secret_encrypted text);
    create index notes_org on feedback.notes (org_id, id);
    select feedback.tenant_table('notes');
    create table feedback.effects (number bigint generated always as identity, event_id uuid not null, name text not null, traceparent text);
    comment on table feedback.effects is 'internal: what the handlers of the tests did';
    grant select, insert on feedback.effects to feedback_worker;
    reset role;
  `);
  return database;
}

/** Asks again and again until the answer is true: for what other loops of the service do in their own time. */
export async function eventually(what: string, ask: () => Promise<boolean>, patienceMs = 30_000): Promise<void> {
  const giveUp = Date.now() + patienceMs;
  while (!await ask()) {
    if (Date.now() > giveUp) throw new Error(`It never came to pass that ${what}.`);
    await setImmediate(); // an answer from memory alone would never let anybody else have a turn
  }
}
