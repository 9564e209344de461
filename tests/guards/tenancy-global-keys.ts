const made = 'a UUID that the service makes for the row: nobody can choose one, and 74 of its bits are chance';
const listed = 'only the service itself writes the table, in nobody’s name';
const seenFirst = 'the service reads the record that is referred to under row level security first, so that another’s is NOT_FOUND before this is asked';

/**
 * Constraints of tenant tables that compare the rows of all organisations, as `table constraint`: one organisation's write
 * could be refused for what another has. Each is here with the reason why nobody can learn anything by it; a guard fails on
 * any other. A key that a tenant can choose or guess (a code, a name, an id that the client makes) begins with org_id instead.
 */
export const globalKeys: Record<string, string> = {
  'api_clients api_clients_pkey': made,
  'api_clients api_clients_org_id_fkey': 'refers to the organisation itself',
  'clocks clocks_pkey': made,
  'consents consents_pkey': made,
  'cultivation_causes cultivation_causes_cultivation_id_fkey': listed,
  'cultivation_causes cultivation_causes_pkey': made,
  'cultivation_entries cultivation_entries_category_fkey': 'refers to the configuration, which is the same for all',
  'cultivation_entries cultivation_entries_pkey': made,
  'cultivation_steps cultivation_steps_cultivation_id_fkey': seenFirst,
  'cultivation_steps cultivation_steps_pkey': made,
  'decisions decisions_demand_id_fkey': seenFirst,
  'decisions decisions_pkey': made,
  'demand_progress demand_progress_demand_id_fkey': seenFirst,
  'demand_progress demand_progress_pkey': made,
  'demands demands_loan_code_id_fkey': listed,
  'demands demands_pkey': made,
  'dispatches dispatches_pkey': made,
  'dispatches dispatches_push_list_id_fkey': 'supervisors alone write the table, and see every list',
  'due due_pkey': 'a clock is named after a record that the service has read under row level security first',
  // The master is shared: whoever states an enterprise is answered the same whether it was known or not, and its id, which
  // anybody can compute from the credit code, opens nothing without enterprise_access.
  'enterprises enterprises_credit_code_unique': listed,
  'enterprises enterprises_pkey': listed,
  'harbor_people harbor_people_org_id_fkey': 'refers to the organisation itself',
  'harbor_people harbor_people_pkey': made,
  'issue_trail issue_trail_pkey': made,
  'issues issues_pkey': made,
  'import_parts import_parts_pkey': made,
  'imports imports_pkey': made,
  'list_entries list_entries_pkey': made,
  'list_recalls list_recalls_pkey': listed,
  'list_rejections list_rejections_pkey': made,
  'list_rejections list_rejections_push_list_id_fkey': listed,
  'loan_codes loan_codes_code_unique': '120 random bits that the service makes',
  'loan_codes loan_codes_pkey': made,
  'matches matches_demand_id_fkey': listed,
  'matches matches_pkey': listed,
  'message_recipients message_recipients_org_id_fkey': 'refers to the organisation itself',
  'message_recipients message_recipients_pkey': made,
  'messages messages_pkey': made,
  'product_reports product_reports_pkey': made,
  'product_versions product_versions_pkey': made,
  'product_versions product_versions_product': 'the id of a product of one’s own',
  'products products_pkey': made,
  'published_products published_products_pkey': 'the id of a product of one’s own',
  'push_lists push_lists_pkey': made,
  'referral_recalls referral_recalls_pkey': listed,
  'referrals referrals_pkey': made,
  'signature_keys signature_keys_client_id_fkey': seenFirst,
  'signature_keys signature_keys_org_id_fkey': 'refers to the organisation itself',
  'trail_steps trail_steps_demand_id_fkey': seenFirst,
  'trail_steps trail_steps_pkey': made,
  'webhook_attempts webhook_attempts_pkey': made,
  'webhook_deliveries webhook_deliveries_pkey': made,
  'webhook_endpoints webhook_endpoints_org_id_fkey': 'refers to the organisation itself',
  'webhook_endpoints webhook_endpoints_pkey': made,
  'webhook_secrets webhook_secrets_endpoint_id_fkey': seenFirst,
  'webhook_secrets webhook_secrets_pkey': made,
};
