import { deadlineEnd } from '@finharbor/standards/working-days';

/** Until when a ledger is read: the end of a day in Shanghai, or no end at all. */
export const endOf = (day: string | undefined): string => (day ? deadlineEnd(day).toISOString() : 'infinity');
