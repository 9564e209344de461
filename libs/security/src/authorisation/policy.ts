import {
  type DocumentNode, type GraphQLSchema, getNamedType, Kind, TypeInfo, visit, visitWithTypeInfo,
} from 'graphql';
import type { Role } from '../tokens/caller.js';
import { fields } from './fields.js';
import { routes } from './routes.js';

const callers = new Map(Object.entries(routes).map(([route, allowed]) => [route, new Set(allowed.split(' '))]));

/** May this role call the route, written `METHOD /path/{parameter}`? What has no entry is denied to all. */
export const mayCall = (role: Role, route: string): boolean => callers.get(route)?.has(role) ?? false;

/** A connection and its edges are as readable as what they connect. */
function fieldRoles(type: string, field: string): string {
  const connected = type.replace(/(Connection|Edge)$/, '');
  return fields[`${type}.${field}`] ?? fields[`${connected}.*`] ?? '';
}

/** May this role read the field, over GraphQL and REST alike? `Type.field` wins over `Type.*`; nothing means no. */
export const mayRead = (role: Role, type: string, field: string): boolean => fieldRoles(type, field).split(' ').includes(role);

const known = new WeakMap<DocumentNode, Map<Role, string | undefined>>();

/**
 * The first field of the operation that the role may not use, as `Type.field`, or undefined when all are allowed.
 * Decided once per document and role, so that a list of a thousand rows costs no more than one.
 */
export function firstDeniedField(schema: GraphQLSchema, document: DocumentNode, role: Role): string | undefined {
  const byRole = known.get(document) ?? new Map<Role, string | undefined>();
  known.set(document, byRole);
  if (byRole.has(role)) return byRole.get(role);
  const denied = findDenied(schema, document, role);
  byRole.set(role, denied);
  return denied;
}

function findDenied(schema: GraphQLSchema, document: DocumentNode, role: Role): string | undefined {
  const info = new TypeInfo(schema);
  let denied: string | undefined;
  visit(document, visitWithTypeInfo(info, {
    [Kind.FIELD]: (node) => {
      const name = node.name.value;
      const parent = info.getParentType();
      if (denied || !parent || name.startsWith('__') || name === '_entities' || name === '_service') return;
      if (!mayRead(role, parent.name, name)) denied = `${parent.name}.${name}`;
    },
    [Kind.INLINE_FRAGMENT]: () => {
      // A reference resolver is reached by `_entities { ... on Type }`: the type itself must be readable.
      const type = getNamedType(info.getType());
      if (!denied && type && info.getFieldDef()?.name === '_entities' && !mayReadType(role, type.name)) denied = type.name;
    },
    // Written into the document the representations would escape the check of the variables; the gateway never does that.
    [Kind.OBJECT]: () => {
      if (!denied && info.getFieldDef()?.name === '_entities') denied = 'Query._entities';
    },
  }));
  return denied;
}

/**
 * May this role read anything of the type? Asked of every representation that is to be resolved: `__typename` alone
 * would tell whether the record exists.
 */
export const mayReadType = (role: Role, type: string): boolean =>
  Object.entries(fields).some(([field, allowed]) => field.startsWith(`${type}.`) && allowed.split(' ').includes(role));
