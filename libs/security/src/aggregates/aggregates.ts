/**
 * Whose rows a figure covers, and so who may read it:
 * - own: rows of the reader's own organisation alone; row level security counts no other;
 * - oversight: rows of all, for roles that see each of those rows anyway;
 * - withheld: rows of other organisations, for readers who may not know what a single one did: small counts are null
 *   to them (see `withoutSmallCounts`);
 * - coarse: rows of all, for anybody, rounded, and withheld where there are few;
 * - operator: events and clocks of a service for the system administrator, rows to encrypt anew for the security one, audit rows for the
 *   audit administrator.
 */
export type Coverage = 'own' | 'oversight' | 'withheld' | 'coarse' | 'operator';

/**
 * Every figure that is counted over records, as `Type.field`. A guard fails on a number of the API that is neither here nor
 * known as a fact of one record.
 */
export const aggregates: Record<string, Coverage> = {
  // partners
  'WebhookReplay.count': 'own',
  'WebhookFigures.success': 'coarse',
  'WebhookFigures.firstAttemptP95Ms': 'coarse',
  'WebhookFigures.backlog': 'coarse',
  'DeprecationUse.uses': 'own',
  'DeprecationUse.usesLast30Days': 'own',
  // enterprise-lists
  'PushList.rowCount': 'own',
  'PushList.acceptedCount': 'own',
  'PushList.rejectedCount': 'own',
  'PushList.bankCount': 'withheld',
  'ListEntry.acknowledgedCount': 'withheld',
  'ListEntry.claimedCount': 'withheld',
  'ListEntry.noNeedCount': 'withheld',
  'ListEntry.unreachableCount': 'withheld',
  'ListEntry.rejectedCount': 'withheld',
  'ListEntry.approvedCount': 'withheld',
  'ListEntry.declinedCount': 'withheld',
  'Dispatch.referralCount': 'oversight',
  'Dispatch.acknowledgedCount': 'oversight',
  'Dispatch.answeredCount': 'oversight',
  'Dispatch.claimedCount': 'oversight',
  'ReferralBatch.count': 'own',
  // loan-matching
  'DemandCounts.total': 'own',
  'DemandCounts.submitted': 'own',
  'DemandCounts.routed': 'own',
  'DemandCounts.accepted': 'own',
  'DemandCounts.approved': 'own',
  'DemandCounts.rejected': 'own',
  'LoanCode.scanCount': 'own',
  // feedback
  'IssueCounts.total': 'own',
  'IssueCounts.open': 'own',
  'IssueCounts.closed': 'own',
  // harbors
  'Harbor.demandTotal': 'oversight',
  'Harbor.approvedTotal': 'oversight',
  'Harbor.openIssueTotal': 'oversight',
  // every service
  'FieldKeyRows.rows': 'operator',
  'DeliveryStatus.outboxEvents': 'operator',
  'DeliveryStatus.outboxSeconds': 'operator',
  'DeliveryStatus.republished': 'operator',
  'DeliveryStatus.deadLetters': 'operator',
  'DeliveryStatus.dueOverdue': 'operator',
  'DeliveryStatus.dueSeconds': 'operator',
  'OpenDelivery.sent': 'operator',
  'OpenDelivery.held': 'operator',
  'OpenDelivery.oldestSeconds': 'operator',
  'AuditStatus.sealedRows': 'operator',
  'AuditStatus.prunedRows': 'operator',
  'AuditStatus.unsealedRows': 'operator',
  'AuditStatus.unsealedSeconds': 'operator',
  'AuditVerification.rows': 'operator',
  'AuditVerification.unsealedRows': 'operator',
  'AuditVerification.moreFindings': 'operator',
  'AuditFinding.count': 'operator',
};
