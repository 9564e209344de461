import { registerEnumType } from '@nestjs/graphql';

/** CREATED → UPLOADED → VALIDATING → VALIDATED → APPLIED; FAILED and ABORTED end it as well (ADR 24). */
export enum ImportState {
  CREATED = 'CREATED',
  UPLOADED = 'UPLOADED',
  VALIDATING = 'VALIDATING',
  VALIDATED = 'VALIDATED',
  APPLIED = 'APPLIED',
  FAILED = 'FAILED',
  ABORTED = 'ABORTED',
}

/** Which enterprises an import may touch: 新增并更新, 仅新增, 仅更新. */
export enum ImportMode {
  UPSERT = 'UPSERT',
  ADD = 'ADD',
  UPDATE = 'UPDATE',
}

/** What one rejected row means for the others. */
export enum ImportAtomicity {
  VALID_ROWS = 'VALID_ROWS',
  ALL = 'ALL',
}

/** What the process that has an import in hand is to do next. */
export type Wanted = 'VALIDATE' | 'APPLY' | 'UNDO';

registerEnumType(ImportState, { name: 'ImportState', description: 'Where an import stands.' });
registerEnumType(ImportMode, {
  name: 'ImportMode',
  description: 'Which enterprises an import may touch: all, only ones the department has not stated yet, or only ones it has.',
});
registerEnumType(ImportAtomicity, { name: 'ImportAtomicity', description: 'Whether valid rows are applied although others were rejected, or all rows or none.' });
