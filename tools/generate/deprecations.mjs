// @ts-check
/** Marks what goes away in the documents that clients read. */
import { deprecationReason } from '@finharbor/contracts/deprecations';
import { Kind, parse, print, visit } from 'graphql';

/** @typedef {Record<string, import('@finharbor/contracts/deprecations').Deprecation>} Deprecations */

/** `GET /v1/things?kind`: a route, and perhaps a parameter of its query. */
const routeShape = /^([A-Z]+) ([^?]+)(?:\?(.+))?$/;

/** Marks routes, parameters and properties. @param {any} openapi changed in place @param {Deprecations} deprecations */
export function markOpenapi(openapi, deprecations) {
  for (const [element, entry] of Object.entries(deprecations)) {
    const [, method, path, parameter] = routeShape.exec(element) ?? [];
    const operation = method && path ? openapi.paths[path]?.[method.toLowerCase()] : undefined;
    const [type, field] = element.split('.');
    const marked = operation
      ? parameter ? operation.parameters.find((/** @type {any} */ one) => one.in === 'query' && one.name === parameter) : operation
      : openapi.components.schemas[type ?? '']?.properties?.[field ?? ''];
    if (marked) Object.assign(marked, { deprecated: true, description: [`Deprecated. ${deprecationReason(entry)}`, marked.description].filter(Boolean).join('\n\n') });
  }
}

/**
 * The schema with `@deprecated` on what goes away: fields, also of inputs, and values of enumerations.
 * @param {string} sdl @param {Deprecations} deprecations
 */
export function markGraph(sdl, deprecations) {
  if (Object.keys(deprecations).length === 0) return sdl;
  /** @param {any} node */
  const marked = (node) => {
    const parts = node.fields ? 'fields' : 'values';
    return { ...node, [parts]: (node[parts] ?? []).map((/** @type {any} */ part) => {
      const entry = deprecations[`${node.name.value}.${part.name.value}`];
      return entry ? { ...part, directives: [...part.directives ?? [], deprecatedDirective(entry)] } : part;
    }) };
  };
  return print(visit(parse(sdl), {
    [Kind.OBJECT_TYPE_DEFINITION]: marked, [Kind.OBJECT_TYPE_EXTENSION]: marked,
    [Kind.INPUT_OBJECT_TYPE_DEFINITION]: marked, [Kind.ENUM_TYPE_DEFINITION]: marked,
  }));
}

/** @param {Deprecations[string]} entry */
const deprecatedDirective = (entry) => ({
  kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'deprecated' },
  arguments: [{
    kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'reason' }, value: { kind: Kind.STRING, value: deprecationReason(entry) },
  }],
});
