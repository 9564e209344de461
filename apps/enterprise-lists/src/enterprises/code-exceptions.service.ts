import { DomainError, notFound } from '@finharbor/contracts/errors';
import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { checkCreditCode, normaliseCreditCode } from '@finharbor/standards/credit-code';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { CodeException, CodeExceptionList } from './code-exception.entity.js';
import type { AcceptCreditCodeInput } from './master.inputs.js';

/** Credit codes that lists may hold although their check character is wrong. */
@Injectable()
export class CodeExceptionsService {
  constructor(private readonly tenancy: Tenancy) {}

  list(caller: Caller): Promise<CodeExceptionList> {
    return this.tenancy.run(caller, async (tx) =>
      Object.assign(new CodeExceptionList(), { exceptions: await tx.manager.find(CodeException, { order: { creditCode: 'ASC' } }) }));
  }

  /** The codes that hold today. Every row of a list is checked against them. */
  async accepted(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ code: string }>('select credit_code as code from enterprise_lists.code_exceptions where revoked_at is null order by credit_code');
    return rows.map(({ code }) => code);
  }

  /** VALIDATION_FAILED for a code that is right as it is, or that is wrong in more than its check character. */
  accept(caller: Caller, { creditCode, reason }: AcceptCreditCodeInput): Promise<CodeException> {
    const { code, problem } = checkCreditCode(creditCode);
    if (problem !== 'CHECKSUM') {
      const message = problem ? 'creditCode is wrong in more than its check character' : 'creditCode is valid and needs no exception';
      throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'creditCode', rule: 'checksum', message }]);
    }
    return this.tenancy.run(caller, async (tx) => {
      const exception = Object.assign(new CodeException(), { creditCode: code, reason, acceptedAt: new Date(), revokedAt: null });
      await tx.manager.upsert(CodeException, exception, ['creditCode']);
      await audit(tx, { action: 'credit-code.accept', resource: 'enterprise', resourceId: enterpriseIdOf(code), detail: { creditCode: code, reason } });
      return exception;
    });
  }

  /** What was imported under it stays. */
  revoke(caller: Caller, creditCode: string): Promise<CodeException> {
    return this.tenancy.run(caller, async (tx) => {
      const exception = await tx.manager.findOneBy(CodeException, { creditCode: normaliseCreditCode(creditCode), revokedAt: IsNull() });
      if (!exception) throw notFound('code exception');
      exception.revokedAt = new Date();
      await tx.manager.update(CodeException, { creditCode: exception.creditCode }, { revokedAt: exception.revokedAt });
      await audit(tx, { action: 'credit-code.revoke', resource: 'enterprise', resourceId: enterpriseIdOf(exception.creditCode), detail: { creditCode: exception.creditCode } });
      return exception;
    });
  }
}
