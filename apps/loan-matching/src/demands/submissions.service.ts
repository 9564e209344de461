import { scaled } from '@finharbor/contracts/eligibility/decimals';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { ApplicationSource } from '../applications/application-states.js';
import { ApplicationView } from '../applications/application-view.js';
import { Intake, type Taken } from '../applications/intake.js';
import type { LoanMatchingConfig } from '../config.js';
import { throughCode } from '../loan-codes/through-code.js';
import { Demand } from './demand.entity.js';
import type { SubmitDemandInput } from './demand.inputs.js';
import { Disclosure } from './disclosure.js';
import { SubmittedDemand } from './submitted-demand.js';

/** How a demand comes in by itself: anybody who scanned a loan code submits one, and gets its matches at once. */
@Injectable()
export class SubmissionsService {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly tenancy: Tenancy,
    private readonly intake: Intake,
    private readonly disclosure: Disclosure,
    private readonly view: ApplicationView,
  ) {}

  /** Submits a demand through a loan code and matches it. Refused for a code that is not good, and input that names what is not. */
  submit(caller: Caller, code: string, input: SubmitDemandInput): Promise<SubmittedDemand> {
    return this.tenancy.asWorker('submission', caller, async (tx) => {
      const sessionless = this.config.LOAN_CODE_SESSIONLESS_DEMANDS;
      const { id: loanCodeId, harborId } = await throughCode(tx, code, { demandKind: input.kind, session: input.scanSession, sessionless });
      return this.answer(tx, await this.intake.take(tx, input, { source: ApplicationSource.LOAN_CODE, harborId, loanCodeId }));
    });
  }

  /** What came in, its matches and, this once, what opens it. */
  async answer(tx: Tx, { demand, application, accessSecret, matches }: Taken): Promise<SubmittedDemand> {
    return Object.assign(new SubmittedDemand(), {
      demand: await this.disclosure.showOne(tx, demand), accessSecret, matches,
      application: await this.view.showOne(tx, application, [asRead(demand)]),
    });
  }
}

/** A demand that was just made, written as it is read from the database, which keeps figures of the books with six places. */
function asRead(demand: Demand): Demand {
  const written = (figure: string | null): string | null => (figure === null ? null : sixPlaces(figure));
  return Object.assign(new Demand(), demand, { revenue: written(demand.revenue), assets: written(demand.assets) });
}

function sixPlaces(figure: string): string {
  const millionths = scaled(figure)!.toString().padStart(7, '0');
  return `${millionths.slice(0, -6)}.${millionths.slice(-6)}`;
}
