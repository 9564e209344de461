// @ts-check
/** Compares two JSON schemas as somebody does who wrote a program by the former one. */

/** @typedef {{ element: string, what: string }} Difference what breaks, named as the table of deprecations names it */
/** @typedef {'in' | 'out'} Direction who writes what the schema describes: the client (in) or we (out) */
/**
 * @typedef {object} Comparison
 * @property {Direction} direction
 * @property {[before: any, after: any]} documents where references lead
 * @property {Difference[]} found gets what breaks
 * @property {Set<string>} seen pairs of components that were compared, or are being
 */

const scalars = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const least = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'];
const greatest = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'];

/** @param {any} before @param {any} after @param {string} name of what the schemas describe @param {Comparison} comparison */
export function compareSchemas(before, after, name, comparison) {
  const { direction, documents, seen } = comparison;
  const [old, now] = [resolve(before, documents[0]), resolve(after, documents[1])];
  const own = old.name ?? name;
  if (old.name) {
    const pair = `${direction} ${own} ${now.name}`;
    if (seen.has(pair)) return;
    seen.add(pair);
  }
  const [was, is] = [old.schema, now.schema];
  const [variants, newVariants] = [variantsOf(was), variantsOf(is)];
  if (variants || newVariants) return compareVariants(variants ?? [was], newVariants ?? [is], own, comparison);
  const breaks = (/** @type {string} */ what, element = own) => void comparison.found.push({ element, what });
  compareTypes(was, is, direction, breaks);
  compareValues(was, is, direction, breaks, own);
  compareProperties(was, is, own, comparison);
  if (was.items && is.items) compareSchemas(was.items, is.items, own, comparison);
  const [free, newFree] = [was.additionalProperties, is.additionalProperties];
  if (isSchema(free) && isSchema(newFree)) compareSchemas(free, newFree, own, comparison);
  if (direction === 'in' && free !== false && newFree === false && was.properties === undefined) breaks('takes no other properties any more');
}

const isSchema = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null;

/**
 * What a schema stands for, and the component that it is.
 * @param {any} schema @param {any} document @returns {{ schema: any, name?: string }}
 */
function resolve(schema, document) {
  if (schema?.$ref) {
    const path = schema.$ref.replace(/^#\//, '').split('/');
    const target = path.reduce((/** @type {any} */ part, /** @type {string} */ key) => part?.[key], document);
    const { $ref, ...beside } = schema;
    return { schema: { ...resolve(target, document).schema, ...only(beside, ['nullable']) }, name: path.at(-1) };
  }
  if (schema?.allOf?.length === 1) {
    const { allOf, ...beside } = schema;
    const { schema: inner, name } = resolve(allOf[0], document);
    return { schema: { ...inner, ...only(beside, ['nullable']) }, name };
  }
  return { schema: schema ?? {} };
}

/** @param {any} object @param {string[]} keys */
const only = (object, keys) => Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));

/** @param {any} schema @returns {any[] | undefined} */
const variantsOf = ({ anyOf, oneOf }) => anyOf ?? oneOf;

/**
 * Each that a client may send is still taken; each that we may send was known.
 * @param {any[]} before @param {any[]} after @param {string} name @param {Comparison} comparison
 */
function compareVariants(before, after, name, comparison) {
  const fits = (/** @type {any} */ one, /** @type {any} */ other) => {
    /** @type {Difference[]} */
    const found = [];
    compareSchemas(one, other, name, { ...comparison, found, seen: new Set(comparison.seen) });
    return found.length === 0;
  };
  const isIn = comparison.direction === 'in';
  const [asked, offered] = isIn ? [before, after] : [after, before];
  const lost = asked.filter((one) => !offered.some((other) => (isIn ? fits(one, other) : fits(other, one))));
  for (const one of lost) {
    const single = before.length === 1 && after.length === 1;
    if (single) compareSchemas(before[0], after[0], name, comparison);
    else comparison.found.push({ element: name, what: isIn ? `no longer takes ${textOf(one)}` : `may now be ${textOf(one)}` });
  }
}

const textOf = (/** @type {any} */ schema) => schema.$ref?.split('/').at(-1) ?? schema.type ?? JSON.stringify(schema).slice(0, 60);

/** @param {any} schema @returns {Set<string>} */
function typesOf(schema) {
  const { type, nullable, enum: values, const: value } = schema;
  const given = type !== undefined ? [type].flat() : values ? values.map(typeOfValue) : 'const' in schema ? [typeOfValue(value)] : schema.properties ? ['object'] : scalars;
  const types = new Set([...given, ...nullable ? ['null'] : []]);
  if (types.has('number')) types.add('integer');
  return types;
}

const typeOfValue = (/** @type {unknown} */ value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** @param {any} was @param {any} is @param {Direction} direction @param {(what: string) => void} breaks */
function compareTypes(was, is, direction, breaks) {
  const [types, newTypes] = [typesOf(was), typesOf(is)];
  const lost = [...types].filter((type) => !newTypes.has(type));
  const added = [...newTypes].filter((type) => !types.has(type));
  if (direction === 'in' && lost.length > 0) breaks(`no longer takes ${lost.join(', ')}`);
  if (direction === 'out' && added.length > 0) breaks(`may now be ${added.join(', ')}`);
}

/**
 * Enumerations, formats and bounds.
 * @param {any} was @param {any} is @param {Direction} direction @param {(what: string, element?: string) => void} breaks
 * @param {string} name
 */
function compareValues(was, is, direction, breaks, name) {
  const [values, newValues] = [valuesOf(was), valuesOf(is)];
  const lost = values && newValues ? values.filter((value) => !newValues.includes(value)) : [];
  for (const value of lost) breaks('was removed', `${name}.${value}`);
  if (!values && newValues && direction === 'in') breaks(`takes only ${newValues.join(', ')} now`);
  if (values && !newValues && direction === 'out') breaks('is no enumeration any more');
  if (direction === 'out') {
    if (was.format !== undefined && was.format !== is.format) breaks(`is no ${was.format} any more`);
    return;
  }
  if (is.format !== undefined && was.format !== is.format) breaks(`must be a ${is.format} now`);
  if (is.pattern !== undefined && was.pattern !== is.pattern) breaks(`must look like ${is.pattern} now`);
  for (const key of least) if (is[key] !== undefined && !(was[key] >= is[key])) breaks(`has ${key} ${is[key]} now`);
  for (const key of greatest) if (is[key] !== undefined && !(was[key] <= is[key])) breaks(`has ${key} ${is[key]} now`);
}

/** @param {any} schema @returns {unknown[] | undefined} */
const valuesOf = (schema) => schema.enum ?? ('const' in schema ? [schema.const] : undefined);

/** @param {any} was @param {any} is @param {string} name @param {Comparison} comparison */
function compareProperties(was, is, name, comparison) {
  const { direction, found } = comparison;
  const [needed, neededNow] = [new Set(was.required ?? []), new Set(is.required ?? [])];
  const breaks = (/** @type {string} */ key, /** @type {string} */ what) => void found.push({ element: `${name}.${key}`, what });
  for (const [key, schema] of Object.entries(was.properties ?? {})) {
    const now = is.properties?.[key];
    if (now === undefined) {
      breaks(key, 'was removed');
      continue;
    }
    if (direction === 'in' && !needed.has(key) && neededNow.has(key)) breaks(key, 'must be given now');
    if (direction === 'out' && needed.has(key) && !neededNow.has(key)) breaks(key, 'may be missing now');
    compareSchemas(schema, now, `${name}.${key}`, comparison);
  }
  if (direction === 'out') return;
  for (const key of neededNow) if (was.properties?.[key] === undefined && !needed.has(key)) breaks(/** @type {string} */ (key), 'is new and must be given');
}
