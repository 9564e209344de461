// @ts-check
/** Merges the services' OpenAPI documents into the one that partners read and that the gateway routes by. */

/** Exempt from the Idempotency-Key: the token endpoint, which OAuth defines. */
const needsIdempotencyKey = (/** @type {string} */ path, /** @type {string} */ method) => method === 'post' && path.startsWith('/v1/');

const problem = (/** @type {string} */ description) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const commonSchemas = {
  Problem: {
    type: 'object',
    description: 'What went wrong (RFC 9457). Every code is listed in docs/api.md.',
    required: ['type', 'title', 'status', 'code'],
    properties: {
      type: { type: 'string', description: 'URN of the kind of problem.', examples: ['urn:finharbor:problem:validation-failed'] },
      title: { type: 'string', description: 'The kind of problem in words.' },
      status: { type: 'integer', description: 'The HTTP status.' },
      code: { type: 'string', description: 'The same code that GraphQL carries in `extensions.code`.' },
      detail: { type: 'string', description: 'This case of it.' },
      errors: {
        type: 'array',
        description: 'Each thing wrong with the input.',
        items: {
          type: 'object',
          required: ['field', 'rule', 'message'],
          properties: {
            field: { type: 'string', description: 'Path of the field.' },
            rule: { type: 'string', description: 'The rule it breaks.' },
            message: { type: 'string', description: 'What would be right.' },
            row: { type: 'integer', description: 'Row of a list, the header being row 1.' },
          },
        },
      },
    },
  },
};

/**
 * @param {Map<string, any>} documents OpenAPI document by service name
 * @param {Record<string, string>} routes the authorisation table
 */
export function mergeOpenapi(documents, routes) {
  /** @type {any} */
  const merged = {
    openapi: '3.1.0',
    info: {
      title: 'FinHarbor 金融服务港湾',
      version: '1',
      description: 'Enterprise push lists, products, loan-code matching, feedback and harbors of one district. '
        + 'Get a token at `POST /oauth/token`, send it as `Authorization: Bearer …`, and an `Idempotency-Key` of your own with every POST.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-FinHarbor' },
    },
    servers: [{ url: '/' }],
    tags: [],
    paths: {},
    components: {
      schemas: { ...commonSchemas },
      securitySchemes: {
        token: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } } },
        accessSecret: { type: 'apiKey', in: 'header', name: 'Access-Secret', description: 'Handed out with one demand or issue, and good for that record alone.' },
        client: { type: 'http', scheme: 'basic', description: 'Client id and secret.' },
      },
    },
  };
  const tags = new Set();
  for (const [service, document] of documents) {
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      // An enumeration takes the description of whichever property names it first; the property keeps its own.
      if (schema.enum) delete schema.description;
      const known = merged.components.schemas[name];
      if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`Two services mean different things by the schema ${name} (${service}).`);
      merged.components.schemas[name] = schema;
    }
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        if (path.includes('{service}') && merged.paths[path]?.[method]) continue; // every service has it, and is named in the path
        const roles = (routes[`${method.toUpperCase()} ${path}`] ?? '').split(' ').filter(Boolean);
        (merged.paths[path] ??= {})[method] = complete(path, method, operation, service, roles);
        for (const tag of operation.tags ?? []) tags.add(tag);
      }
    }
  }
  merged.paths = sorted(merged.paths);
  merged.components.schemas = sorted(merged.components.schemas);
  merged.tags = [...tags].sort().map((name) => ({ name }));
  return merged;
}

/** @param {Record<string, unknown>} object */
const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));

/** @param {string} path @param {string} method @param {any} operation @param {string} service @param {string[]} roles */
function complete(path, method, operation, service, roles) {
  const parameters = [...(operation.parameters ?? [])];
  if (needsIdempotencyKey(path, method)) {
    parameters.push({
      name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string', minLength: 1, maxLength: 255 },
      description: 'Yours, new for each request: the same key with the same request gives the same answer again, and nothing happens twice.',
    });
  }
  return {
    ...operation,
    description: [operation.description, `Roles: ${roles.join(', ') || 'none'}.`].filter(Boolean).join('\n\n'),
    parameters,
    responses: { ...operation.responses, default: problem('A problem document: see `code`.') },
    security: path === '/oauth/token' ? [{ client: [] }] : securityOf(roles),
    ...(!path.includes('{service}') && { 'x-service': service }),
    'x-roles': roles,
  };
}

/** @param {string[]} roles */
function securityOf(roles) {
  /** @type {Record<string, string[]>[]} */
  const security = [];
  if (roles.includes('anonymous')) security.push({});
  if (roles.includes('applicant')) security.push({ accessSecret: [] });
  if (roles.some((role) => role !== 'anonymous' && role !== 'applicant')) security.push({ token: [] });
  return security;
}
