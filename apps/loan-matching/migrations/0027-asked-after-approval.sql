-- A bank asks also for the contract, after it approved. Old replicas know no such state, and write none.
alter table loan_matching.demands
  drop constraint demands_state_check,
  add constraint demands_state_check check (state in ('SUBMITTED', 'ROUTED', 'ACCEPTED', 'CONTACTED', 'DUE_DILIGENCE', 'ACTION_REQUIRED', 'COUNTER_OFFERED',
    'APPROVED', 'APPROVED_ACTION_REQUIRED', 'CONTRACTED', 'DISBURSED', 'CLOSED', 'REJECTED', 'CUSTOMER_DECLINED', 'WITHDRAWN', 'EXPIRED', 'LOST')),
  drop constraint demands_resume,
  add constraint demands_resume check (state not in ('ACTION_REQUIRED', 'COUNTER_OFFERED', 'APPROVED_ACTION_REQUIRED') or resume_state is not null);
