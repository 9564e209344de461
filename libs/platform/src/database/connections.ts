import type { Socket } from 'node:net';
import type { Pool, PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { callerPatienceMs, freshPatienceMs, maxWaitingCallers, workerPatienceMs } from './limits.js';

/** A connection of pg's, which may also be ended. */
interface RawConnection extends PoolClient {
  end(): Promise<void>;
}

const socketOf = (raw: RawConnection): Socket => raw.connection.stream as Socket;

/** That the database cannot be had now, in the terms of a socket: what was asked may succeed when asked again. */
export class DatabaseAway extends Error {
  readonly code = 'ETIMEDOUT';
}

/** A connection taken from the pool, for one transaction. */
export class Connection {
  constructor(readonly runner: QueryRunner, readonly raw: RawConnection) {}

  /** Breaks the connection when the server stays silent for so long; the statement under way then fails. */
  limitSilence(ms: number): void {
    socketOf(this.raw).setTimeout(ms);
  }

  /** Whether it broke: the pool has then been rid of it. */
  get isBroken(): boolean {
    return this.runner.isReleased;
  }

  /** Throws the connection away. Marked as ending first, or the pool would hand it on until the socket says that it is closed. */
  discard(reason: Error): void {
    void this.raw.end().catch(() => undefined);
    socketOf(this.raw).destroy(reason);
  }

  async giveBack(): Promise<void> {
    if (!this.isBroken) this.limitSilence(0);
    await this.runner.release();
  }
}

/**
 * Hands out the pool's connections: callers are turned away when they would wait long, and connections that may be dead are
 * thrown away instead of being tried one by one. A peer that vanished sends no word of it; only silence tells.
 */
export class Connections {
  private waiting = 0;
  /** When the last one that went silent was last spoken to: those not heard of since may be as dead. */
  private silentSince = 0;
  private readonly heardAt = new WeakMap<RawConnection, number>();

  constructor(private readonly dataSource: DataSource) {}

  /** DatabaseAway when there is none in time; the error of connecting when the server refuses. */
  async take(forCaller: boolean): Promise<Connection> {
    if (!forCaller) return this.takeWithin(workerPatienceMs);
    if (this.waiting >= maxWaitingCallers) throw new DatabaseAway('Too many callers wait for a connection.');
    this.waiting += 1;
    try {
      return await this.takeWithin(this.hasRoom ? freshPatienceMs : callerPatienceMs);
    } finally {
      this.waiting -= 1;
    }
  }

  async giveBack(connection: Connection): Promise<void> {
    if (!connection.isBroken) this.heardAt.set(connection.raw, performance.now());
    await connection.giveBack();
  }

  /** Whether whoever comes now need not wait for another to finish. */
  private get hasRoom(): boolean {
    const { idleCount, totalCount, options } = (this.dataSource.driver as unknown as { master: Pool }).master;
    return idleCount > 0 || totalCount < options.max;
  }

  private async takeWithin(patienceMs: number): Promise<Connection> {
    for (const giveUp = performance.now() + patienceMs; ;) {
      const runner = this.dataSource.createQueryRunner();
      const raw = await within(giveUp - performance.now(), runner);
      const connection = new Connection(runner, raw);
      const heardAt = this.heardAt.get(raw);
      if (heardAt === undefined) this.watch(raw);
      if (heardAt === undefined || heardAt > this.silentSince) return connection;
      connection.discard(new DatabaseAway('Another connection of its time went silent.'));
    }
  }

  private watch(raw: RawConnection): void {
    const socket = socketOf(raw);
    this.heardAt.set(raw, performance.now());
    socket.on('timeout', () => {
      const { bytesRead } = socket;
      // After a long turn of this process the answer may have come already: it is read before the next immediate.
      setImmediate(() => {
        if (socket.bytesRead !== bytesRead || !socket.timeout) return;
        this.silentSince = Math.max(this.silentSince, performance.now() - socket.timeout);
        socket.destroy(new DatabaseAway('The database is silent.'));
      });
    });
  }
}

async function within(ms: number, runner: QueryRunner): Promise<RawConnection> {
  const connecting = runner.connect() as Promise<RawConnection>;
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseAway('No connection to the database is free.')), ms);
  });
  try {
    return await Promise.race([connecting, late]);
  } catch (error) {
    // One that comes too late goes to whoever waits next.
    connecting.then(() => runner.release(), () => undefined);
    throw error;
  } finally {
    clearTimeout(timer!);
  }
}
