import { createHash } from 'node:crypto';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Injectable } from '@nestjs/common';

/** The names of assertions and proofs that clients have used: each is good once, however many are shown at once and wherever. */
@Injectable()
export class UsedJtis {
  constructor(private readonly tenancy: Tenancy) {}

  /**
   * Whether the client uses the name for the first time; it is remembered for so many seconds. With each one that comes, a few that have
   * served their time are forgotten.
   */
  isNew(clientId: string, jti: string, seconds: number): Promise<boolean> {
    const name = createHash('sha256').update(jti).digest('base64url');
    return this.tenancy.worker(async (tx) => {
      const rows = await tx.query(
        `insert into partners.used_jtis (client_id, jti, expires_at) values ($1, $2, now() + make_interval(secs => $3))
         on conflict do nothing returning 1`, [clientId, name, seconds]);
      await tx.query(
        `delete from partners.used_jtis where ctid = any(array(
           select ctid from partners.used_jtis where expires_at < now() order by expires_at limit 4 for update skip locked))`);
      return rows.length === 1;
    }, { awaited: true });
  }
}
