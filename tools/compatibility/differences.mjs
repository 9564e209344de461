// @ts-check
/** Everything in which today's interfaces break a program that was written by those of the last release. */
import { diff } from '@graphql-inspector/core';
import { buildASTSchema, Kind, parse, visit } from 'graphql';
import { compareSchemas } from './schemas.mjs';

/** @typedef {import('./schemas.mjs').Difference} Difference */
/** @typedef {Record<string, import('@finharbor/contracts/deprecations').Deprecation>} Deprecations */
/** @typedef {{ openapi: any, supergraph: string, events: Record<string, any> }} Interfaces `events`: JSON schemas of what they say */

/**
 * @param {Interfaces} released @param {Interfaces} present @param {Deprecations} deprecations
 * @param {string} today as `2027-01-31`
 * @returns {Promise<Difference[]>}
 */
export async function breakingDifferences(released, present, deprecations, today) {
  const all = [
    ...openapiDifferences(released.openapi, present.openapi), ...await graphDifferences(released.supergraph, present.supergraph),
    ...eventDifferences(released.events, present.events),
  ];
  const gone = Object.entries(deprecations).filter(([, { sunsetAt }]) => sunsetAt <= today).map(([element]) => element);
  const isTold = (/** @type {string} */ element) => gone.some((one) => element === one || (element.startsWith(one) && /[.? ]/.test(element[one.length] ?? '')));
  const once = new Map(all.map((one) => [`${one.element} ${one.what}`, one]));
  return [...once.values()].filter(({ element }) => !isTold(element));
}

/** @param {any} before @param {any} after @returns {Difference[]} */
export function openapiDifferences(before, after) {
  /** @type {Difference[]} */
  const found = [];
  const seen = new Set();
  const compare = (/** @type {'in' | 'out'} */ direction, /** @type {any} */ was, /** @type {any} */ is, /** @type {string} */ name) =>
    compareSchemas(was, is, name, { direction, documents: [before, after], found, seen });
  for (const [path, operations] of Object.entries(before.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const route = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (!now) found.push({ element: route, what: 'was removed' });
      else compareOperations(operation, now, route, compare, (element, what) => void found.push({ element, what }));
    }
  }
  return found;
}

/**
 * @param {any} was @param {any} is @param {string} route
 * @param {(direction: 'in' | 'out', was: any, is: any, name: string) => void} compare
 * @param {(element: string, what: string) => void} breaks
 */
function compareOperations(was, is, route, compare, breaks) {
  for (const role of was['x-roles'] ?? []) if (!is['x-roles'].includes(role)) breaks(route, `is closed to ${role}`);
  const find = (/** @type {any} */ operation, /** @type {any} */ { in: place, name }) =>
    operation.parameters?.find((/** @type {any} */ one) => one.in === place && one.name === name);
  const named = (/** @type {any} */ { in: place, name }) => (place === 'query' ? `${route}?${name}` : `${route} ${place} ${name}`);
  for (const parameter of was.parameters ?? []) {
    const now = find(is, parameter);
    if (!now) breaks(named(parameter), 'was removed');
    else {
      if (now.required && !parameter.required) breaks(named(parameter), 'must be given now');
      compare('in', parameter.schema, now.schema, named(parameter));
    }
  }
  for (const parameter of is.parameters ?? []) if (parameter.required && !find(was, parameter)) breaks(named(parameter), 'is new and must be given');
  if (is.requestBody?.required && !was.requestBody) breaks(`${route} body`, 'is new and must be given');
  compareContents(was.requestBody?.content, is.requestBody?.content, `${route} body`, (one, other, name) => compare('in', one, other, name), breaks);
  for (const [status, answer] of Object.entries(was.responses ?? {})) {
    const now = is.responses?.[status];
    if (!now) breaks(`${route} ${status}`, 'is answered no more');
    else compareContents(/** @type {any} */ (answer).content, now.content, `${route} ${status}`, (one, other, name) => compare('out', one, other, name), breaks);
  }
}

/**
 * @param {any} was @param {any} is @param {string} name @param {(was: any, is: any, name: string) => void} compare
 * @param {(element: string, what: string) => void} breaks
 */
function compareContents(was, is, name, compare, breaks) {
  for (const [type, { schema }] of Object.entries(was ?? {})) {
    if (!is?.[type]) breaks(name, `is ${type} no more`);
    else if (schema && is[type].schema) compare(schema, is[type].schema, name);
  }
}

/** @param {string} before @param {string} after @returns {Promise<Difference[]>} */
export async function graphDifferences(before, after) {
  const changes = await diff(clientSchema(before), clientSchema(after));
  return changes.filter(({ criticality }) => criticality.level === 'BREAKING').map(({ path, message }) => ({ element: path ?? 'Query', what: message }));
}

const ofComposition = /^(join__|link__|core__)/;

/** The graph as clients see it: the supergraph without what the composition needs. @param {string} supergraph */
export function clientSchema(supergraph) {
  const isInner = (/** @type {any} */ node) => (ofComposition.test(node.name.value) ? null : undefined);
  return buildASTSchema(visit(parse(supergraph), {
    [Kind.SCHEMA_DEFINITION]: (node) => ({ ...node, directives: [] }),
    [Kind.DIRECTIVE_DEFINITION]: () => null,
    [Kind.DIRECTIVE]: (node) => (node.name.value === 'deprecated' ? undefined : null),
    [Kind.SCALAR_TYPE_DEFINITION]: isInner, [Kind.ENUM_TYPE_DEFINITION]: isInner, [Kind.INPUT_OBJECT_TYPE_DEFINITION]: isInner,
  }), { assumeValidSDL: true });
}

/**
 * What an event says is read by others long after it was written, and by us after we changed: in both directions nothing breaks.
 * @param {Record<string, any>} before @param {Record<string, any>} after @returns {Difference[]}
 */
export function eventDifferences(before, after) {
  /** @type {Difference[]} */
  const found = [];
  for (const [name, schema] of Object.entries(before)) {
    const now = after[name];
    if (!now) found.push({ element: name, what: 'was removed' });
    else for (const direction of /** @type {const} */ (['in', 'out'])) compareSchemas(schema, now, name, { direction, documents: [schema, now], found, seen: new Set() });
  }
  return found;
}
