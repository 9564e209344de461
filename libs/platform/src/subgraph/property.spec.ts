import 'reflect-metadata';
import { Field, Float, GraphQLSchemaBuilderModule, GraphQLSchemaFactory, ID, Int, ObjectType, Query, registerEnumType, Resolver } from '@nestjs/graphql';
import { NestFactory } from '@nestjs/core';
import { getMetadataArgsStorage } from 'typeorm';
import { printType } from 'graphql';
import { Hidden, Property, shownProperties } from './property.js';
import { Decimal, LocalDate } from './scalars.js';

enum State { OPEN = 'OPEN', CLOSED = 'CLOSED' }
registerEnumType(State, { name: 'State' });

@ObjectType()
class Part {
  @Property(() => String, { description: 'Name.' })
  name: string;
}

@ObjectType()
class Sample {
  @Property(() => ID, { description: 'Id.', column: { primary: true } })
  id: string;

  @Property(() => Decimal, { nullable: true, description: 'Amount in yuan.', column: {} })
  amountMax: string | null;

  @Property(() => LocalDate, { description: 'Day.', column: { name: 'the_day' } })
  establishedOn: string;

  @Property(() => Date, { description: 'Moment.', column: {} })
  registeredAt: Date;

  @Property(() => [String], { description: 'Codes.', column: {} })
  regionCodes: string[];

  @Property(() => State, { description: 'State.', enum: State, enumName: 'State', column: {} })
  state: State;

  @Property(() => [State], { description: 'States.', enum: State, enumName: 'State', column: {} })
  states: State[];

  @Property(() => [Part], { description: 'Parts.', column: { type: 'jsonb' } })
  parts: Part[];

  @Property(() => Int, { description: 'Computed.' })
  count: number;

  @Property(() => Float, { description: 'Ratio.', column: {} })
  ratio: number;

  @Property(() => Boolean, { description: 'Whether.', column: {} })
  open: boolean;

  @Hidden({ type: 'text', nullable: true })
  contactNameEncrypted: string | null;

  @Field(() => String, { description: 'Of the graph alone.' })
  fieldOnly: string;
}

@Resolver(() => Sample)
class SampleResolver {
  @Query(() => Sample)
  sample(): Sample {
    return new Sample();
  }
}

describe('@Property', () => {
  const stored = getMetadataArgsStorage().columns.filter((column) => column.target === Sample);
  const columns = new Map(stored.map((column) => [column.propertyName, column]));
  const api = (name: string): unknown => Reflect.getMetadata('swagger/apiModelProperties', Sample.prototype, name);

  it.each([
    ['id', 'id', 'uuid', false, false], ['amountMax', 'amount_max', 'numeric', false, true], ['establishedOn', 'the_day', 'date', false, false],
    ['registeredAt', 'registered_at', 'timestamptz', false, false], ['regionCodes', 'region_codes', 'text', true, false],
    ['state', 'state', 'text', false, false], ['states', 'states', 'text', true, false], ['parts', 'parts', 'jsonb', false, false],
    ['ratio', 'ratio', 'double precision', false, false], ['open', 'open', 'boolean', false, false],
  ])('stores %s as %s %s', (property, name, type, array, nullable) => {
    expect(columns.get(property)?.options).toMatchObject({ name, type, array, nullable });
  });

  it('makes one key, and no column of what is computed', () => {
    expect([...columns.values()].filter((column) => column.options.primary).map((column) => column.propertyName)).toEqual(['id']);
    expect(columns.has('count')).toBe(false);
    expect(columns.get('contactNameEncrypted')?.options).toMatchObject({ name: 'contact_name_encrypted', type: 'text' });
  });

  it('describes each property to OpenAPI', () => {
    expect(api('amountMax')).toMatchObject({ type: String, format: 'decimal', nullable: true, description: 'Amount in yuan.' });
    expect(api('establishedOn')).toMatchObject({ type: String, format: 'date' });
    expect(api('registeredAt')).toMatchObject({ type: String, format: 'date-time' });
    expect(api('regionCodes')).toMatchObject({ isArray: true });
    expect(api('state')).toMatchObject({ enum: ['OPEN', 'CLOSED'], enumName: 'State' });
    expect(api('count')).toMatchObject({ type: 'integer' });
    expect(api('contactNameEncrypted')).toBeUndefined();
  });

  it('makes the fields of the graph, and none of what is hidden', async () => {
    const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
    const schema = await app.get(GraphQLSchemaFactory).create([SampleResolver]);
    await app.close();
    const text = printType(schema.getType('Sample')!);
    for (const line of ['id: ID!', 'amountMax: Decimal', 'establishedOn: LocalDate!', 'registeredAt: DateTime!', 'regionCodes: [String!]!', 'state: State!', 'parts: [Part!]!', 'count: Int!']) {
      expect(text).toContain(`  ${line}\n`);
    }
    expect(text).toContain('"""Amount in yuan."""');
    expect(text).not.toContain('Encrypted');
  });

  it('keeps the list of what may be sent out', () => {
    expect(shownProperties(Sample)).toEqual({
      type: 'Sample', properties: ['id', 'amountMax', 'establishedOn', 'registeredAt', 'regionCodes', 'state', 'states', 'parts', 'count', 'ratio', 'open'],
    });
    expect([shownProperties(Object), shownProperties(undefined), shownProperties(Date)]).toEqual([undefined, undefined, undefined]);
  });
});
