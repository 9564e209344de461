import { read, services } from './sources.js';
import { globalKeys } from './tenancy-global-keys.js';

/** Keys and references of tenant tables that do not begin with the organisation, as `table constraint`. */
function comparingAll(sql: string): string[] {
  const secured = new Set([...sql.matchAll(/^alter table (\S+) force row level security;$/gm)].map(([, table]) => table));
  const constraints = [...sql.matchAll(/^create table (\S+) \(\n([\s\S]*?)\n\);$/gm)].flatMap(([, table, body]) =>
    [...body.matchAll(/^ {2}constraint (\S+) (?:PRIMARY KEY|UNIQUE(?: NULLS NOT DISTINCT)?|FOREIGN KEY|EXCLUDE[^(]*) \((\w+)/gm)].map(([, name, first]) => ({ table, name, first })));
  const indexes = [...sql.matchAll(/^CREATE UNIQUE INDEX (\S+) ON (\S+) USING \w+ \(([^,)]+)/gm)].map(([, name, table, first]) => ({ table, name, first }));
  // Organisations are public: a reference to one's own tells nothing, yet says so in the list.
  return [...constraints, ...indexes].filter(({ table, name, first }) => secured.has(table) && (first !== 'org_id' || name.endsWith('_fkey')))
    .map(({ table, name }) => `${table.split('.')[1]} ${name}`);
}

describe('keys over all organisations', () => {
  const found = services.flatMap((service) => comparingAll(read(`apps/${service}/generated/schema.sql`)));

  it('are those of which it is known why nobody learns by them what another organisation has', () => {
    expect([...new Set(found)].sort()).toEqual(Object.keys(globalKeys).sort());
  });

  const table = (constraint: string): string =>
    `create table x.y (\n  org_id uuid,\n  ${constraint}\n);\nalter table x.y enable row level security;\nalter table x.y force row level security;\n`;
  it.each([
    ['a credit code', 'constraint y_code_unique UNIQUE (credit_code)', ['y y_code_unique']],
    ['nulls not distinct', 'constraint y_name_unique UNIQUE NULLS NOT DISTINCT (name, org_id)', ['y y_name_unique']],
    ['a primary key', 'constraint y_pkey PRIMARY KEY (code)', ['y y_pkey']],
    ['a reference', 'constraint y_z_fkey FOREIGN KEY (z_id) REFERENCES x.z(id)', ['y y_z_fkey']],
    ['an exclusion', 'constraint y_days EXCLUDE USING gist (name WITH =)', ['y y_days']],
    ['a key that begins with the organisation', 'constraint y_code_unique UNIQUE (org_id, credit_code)', []],
  ])('bite: %s', (_what, constraint, wanted) => expect(comparingAll(table(constraint))).toEqual(wanted));

  it('bite: a unique index, and not one of a table that all organisations share', () => {
    const index = 'CREATE UNIQUE INDEX y_lower ON x.y USING btree (lower(name)) WHERE true;\n';
    expect(comparingAll(table('') + index)).toEqual(['y y_lower']);
    expect(comparingAll(table('constraint y_pkey PRIMARY KEY (id)').replaceAll(/^alter.*\n/gm, ''))).toEqual([]);
  });
});
