/** The services that own data, in the order in which they are built and migrated. */
export const serviceNames = ['partners', 'enterprise-lists', 'product-catalog', 'loan-matching', 'feedback', 'harbors'] as const;

export type ServiceName = (typeof serviceNames)[number];

/** A service's PostgreSQL schema, which also begins the names of its four database roles. */
export const schemaOf = (service: ServiceName): string => service.replaceAll('-', '_');
