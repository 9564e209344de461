import { TypeORMError, type QueryRunner } from 'typeorm';
import { type Connection, type Connections, DatabaseAway } from './connections.js';
import { lockMs, marginMs, quickMs, statementMs } from './limits.js';

/** In whose name a transaction runs. */
export interface TransactionContext {
  role: string;
  organisationId: string;
  readOnly: boolean;
  /** Its commit may be undone by a crash of PostgreSQL within a second, whole: for work that is then simply done again. */
  repeatable: boolean;
  /** Callers wait less for a connection than the service's own work. */
  forCaller: boolean;
}

/** Lets the statements of `work` take up to `ms` each, waiting for locks included. */
export type Patiently = <T>(ms: number, work: () => Promise<T>) => Promise<T>;

/** Runs work in a transaction on a connection of its own: all of it is saved, or nothing. `last` is a statement that nobody awaited. */
export async function inTransaction<T>(
  connections: Connections, context: TransactionContext,
  work: (runner: QueryRunner, patiently: Patiently) => Promise<{ result: T; last?: Promise<unknown> }>,
): Promise<T> {
  const connection = await connections.take(context.forCaller);
  const { runner } = connection;
  try {
    const opening = openingOf(context);
    connection.limitSilence(quickMs);
    // What TypeORM's startTransaction would note, and what keeps it from beginning another one.
    Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
    const opened = connection.raw.query(opening).then(() => connection.limitSilence(statementMs + marginMs));
    opened.catch(() => undefined); // looked at below, when nothing of the work runs any more
    const [done, begun] = await Promise.allSettled([work(runner, (ms, patientWork) => patiently(connection, ms, patientWork)), opened]);
    if (begun.status === 'rejected') throw begun.reason; // why the work failed too
    if (done.status === 'rejected') throw done.reason;
    const { result, last } = done.value;
    // PostgreSQL answers the commit of a failed transaction with a rollback and no error: TypeORM would take it for done.
    const [{ command }] = await Promise.all([connection.raw.query('commit'), last]);
    if (command !== 'COMMIT') throw new Error('A statement of this transaction failed and its error was swallowed: nothing was saved.');
    return result;
  } catch (error) {
    await rollBack(connection);
    // Of a connection that broke between two statements TypeORM knows only that it is released.
    throw connection.isBroken && error instanceof TypeORMError ? new DatabaseAway('The connection broke.', { cause: error }) : error;
  } finally {
    await connections.giveBack(connection);
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Role and organisation, for the length of the transaction: a session setting would leak through a pool. It is one message,
 * with its values inside, and nobody waits for its answer: it travels together with the first statement of the work, since the
 * connection pipelines. When it fails PostgreSQL refuses every statement that follows.
 */
function openingOf({ role, organisationId, readOnly, repeatable }: TransactionContext): string {
  // Before anything is sent: what follows an opening that was never sent would run outside a transaction.
  if (organisationId !== '' && !uuid.test(organisationId)) throw new Error('The id of an organisation is a UUID.');
  return `begin ${readOnly ? 'read only' : ''};
    select set_config('role', '${role}', true), set_config('app.org', '${organisationId}', true)${repeatable ? ", set_config('synchronous_commit', 'off', true)" : ''}`;
}

/** Within other patient work it gives back the patience of that. */
async function patiently<T>(connection: Connection, ms: number, work: () => Promise<T>): Promise<T> {
  const before = patience.get(connection) ?? [statementMs, lockMs];
  await limit(connection, ms, ms);
  return work().then((result) => limit(connection, ...before).then(() => result));
}

/** What the statements of a transaction may take now, where that is not what they usually may. */
const patience = new WeakMap<Connection, [statement: number, lock: number]>();

async function limit(connection: Connection, statement: number, lock: number): Promise<void> {
  await connection.runner.query(`select set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)`, [statement, lock]);
  connection.limitSilence(statement + marginMs);
  patience.set(connection, [statement, lock]);
}

/** A connection that cannot even roll back is broken, and must not go back to the pool with a role and an organisation set. */
async function rollBack(connection: Connection): Promise<void> {
  if (connection.isBroken) return;
  connection.limitSilence(quickMs);
  await connection.raw.query('rollback').catch((error: unknown) => connection.discard(new DatabaseAway('It cannot roll back.', { cause: error })));
}
