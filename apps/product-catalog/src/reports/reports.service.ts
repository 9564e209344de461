import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Due } from '@finharbor/platform/due/due';
import { type DueClock, OnDue } from '@finharbor/platform/due/on-due';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { addWorkingDays, CalendarNotCoveredError, deadlineEnd, localDate } from '@finharbor/standards/working-days';
import { Inject, Injectable } from '@nestjs/common';
import type { ProductCatalogConfig } from '../config.js';
import { PublishedProduct } from '../products/product.entity.js';
import { ProductReport, ProductReportState } from './product-report.entity.js';
import type { AnswerReportInput, ProductReportQuery, ReportProductInput } from './report.inputs.js';

/** Why a report runs as worker: it is written by one organisation and belongs to another, who must answer it. */
export const reportReason = 'report a product';

const answerClock = 'product-report.answer';

/** What users of the catalogue find wrong with a product, and the answer, against a clock. */
@Injectable()
export class ReportsService {
  constructor(
    @Inject(CONFIG) private readonly config: ProductCatalogConfig,
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly due: Due,
    private readonly reference: ReferenceCopies,
  ) {}

  /** Reports a product that is, or was, on offer. */
  report(caller: Caller, productId: string, input: ReportProductInput): Promise<ProductReport> {
    return this.tenancy.asWorker(reportReason, caller, async (tx) => {
      const product = await tx.manager.findOneBy(PublishedProduct, { id: productId });
      if (!product) throw notFound('product');
      const dueAt = await this.answerBy(tx);
      const report = tx.manager.create(ProductReport, {
        id: newId(), bankId: product.bankId, productId, productVersion: product.version, reporterId: tx.organisationId,
          field: input.field ?? null,
        text: input.text, state: ProductReportState.OPEN, answer: null, dueAt, overdue: false, reportedAt: new Date(), answeredAt: null,
      });
      await tx.manager.insert(ProductReport, report);
      if (dueAt) await this.due.set(tx, { kind: answerClock, aggregateId: report.id, organisationId: product.bankId, dueAt });
      await audit(tx, { action: 'product.report', resource: 'product-report', resourceId: report.id, detail: { productId } });
      return report;
    });
  }

  /** The reports that the caller must answer; of all for supervisors. */
  list(caller: Caller, { state, ...page }: ProductReportQuery): Promise<Page<ProductReport>> {
    return this.tenancy.run(caller, (tx) => {
      const reports = tx.manager.createQueryBuilder(ProductReport, 'report');
      if (state) reports.where('report.state = :state', { state });
      return readPage(reports, page, this.cursors, { list: 'product-reports', organisationId: caller.organisationId, filter: state });
    });
  }

  /** A report that one made or must answer. */
  get(caller: Caller, id: string): Promise<ProductReport> {
    return this.tenancy.asWorker(reportReason, caller, async (tx) => {
      const report = await tx.manager.findOneBy(ProductReport, { id });
      const isParty = report && (caller.role === 'supervisor' || [report.bankId, report.reporterId].includes(tx.organisationId));
      if (!report || !isParty) throw notFound('product report');
      return report;
    });
  }

  answer(caller: Caller, id: string, { outcome, text }: AnswerReportInput): Promise<ProductReport> {
    return this.tenancy.run(caller, async (tx) => {
      // Clock before report, as the clock's own handler locks them.
      await this.due.cancel(tx, answerClock, id);
      const report = await tx.manager.findOne(ProductReport, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!report) throw notFound('product report');
      if (report.state !== ProductReportState.OPEN) throw new DomainError('ILLEGAL_STATE', 'The report was answered.');
      const change = { state: ProductReportState[outcome], answer: text, answeredAt: new Date() };
      await tx.manager.update(ProductReport, { id }, change);
      await audit(tx, { action: 'product.answer-report', resource: 'product-report', resourceId: id, detail: { outcome } });
      return Object.assign(report, change);
    });
  }

  @OnDue(answerClock)
  async unanswered({ aggregateId }: DueClock, tx: Tx): Promise<void> {
    const { affected } = await tx.manager.update(ProductReport, { id: aggregateId, state: ProductReportState.OPEN }, { overdue: true });
    if (affected) await audit(tx, { action: 'product.report-overdue', resource: 'product-report', resourceId: aggregateId });
  }

  /** Null where the calendar does not reach that far: a deadline is never guessed. */
  private async answerBy(tx: Tx): Promise<Date | null> {
    try {
      return deadlineEnd(addWorkingDays(localDate(new Date()), this.config.PRODUCT_REPORT_WORKING_DAYS, await this.reference.calendar(tx)));
    } catch (error) {
      if (error instanceof CalendarNotCoveredError) return null;
      throw error;
    }
  }
}
