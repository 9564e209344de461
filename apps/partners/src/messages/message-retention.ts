import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { LOGGER } from '@finharbor/platform/logs/token';
import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';

const everyMs = 30 * 60_000;
const batch = 1_000;
const keptDays = 90;

/** Forgets messages 90 days after they ended, and recipients who were taken out: at once who they were, the entry with its messages. */
@Injectable()
export class MessageRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;

  constructor(
    @Inject(LOGGER) logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly personalData: PersonalData,
    private readonly grace: Grace,
  ) {
    this.recurring = new Recurring('message retention', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    this.recurring.start(60_000);
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  async run(): Promise<void> {
    await this.whileFull(() => this.forgetMessages());
    await this.whileFull(() => this.erase());
    await this.whileFull(() => this.forgetRecipients());
  }

  private async whileFull(work: () => Promise<number>): Promise<void> {
    while (!this.recurring.isStopped && await work() === batch);
  }

  private async forgetMessages(): Promise<number> {
    return (await this.tenancy.worker((tx) => tx.query(
      `delete from partners.messages where id = any(array(
         select id from partners.messages where ended_at < now() - make_interval(days => ${keptDays}) limit ${batch})) returning 1`))).length;
  }

  /** Who opted out keeps the address, encrypted: by it the opt-out is known when the person is entered again. */
  private erase(): Promise<number> {
    return this.tenancy.worker(async (tx) => {
      const rows = await tx.query<{ id: string; mail: string | null; mobile: string | null; name: string | null; keeps: boolean }>(
        `select id, name_encrypted as name, mail_encrypted as mail, mobile_encrypted as mobile,
           coalesce(mail_opted_out = 'RECIPIENT', false) or coalesce(sms_opted_out = 'RECIPIENT', false) as keeps
         from partners.message_recipients where removed_at is not null and (name_encrypted is not null
           or (mail_encrypted is not null and mail_opted_out is distinct from 'RECIPIENT') or (mobile_encrypted is not null and sms_opted_out is distinct from 'RECIPIENT'))
         limit ${batch} for update skip locked`);
      await tx.query(
        `update partners.message_recipients set name_encrypted = null,
           mail_encrypted = case when mail_opted_out = 'RECIPIENT' then mail_encrypted end,
           mobile_encrypted = case when sms_opted_out = 'RECIPIENT' then mobile_encrypted end
         where id = any($1::uuid[])`, [rows.map(({ id }) => id)]);
      await this.personalData.destroy(tx, rows.flatMap(({ keeps, name, mail, mobile }) => (keeps ? [] : [name, mail, mobile])));
      return rows.length;
    });
  }

  private async forgetRecipients(): Promise<number> {
    return (await this.tenancy.worker((tx) => tx.query(
      `delete from partners.message_recipients where id = any(array(
         select id from partners.message_recipients where removed_at < now() - make_interval(days => ${keptDays})
           and name_encrypted is null and mail_encrypted is null and mobile_encrypted is null limit ${batch})) returning 1`))).length;
  }
}
