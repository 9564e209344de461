import 'reflect-metadata';
import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';
import { Hidden, Property } from '../subgraph/property.js';
import { present } from './present.js';

// Types that the authorisation table knows: dashboards do not read what an issue says.
@ObjectType()
@Entity()
class Issue {
  @Property(() => ID, { description: 'Id.', column: { primary: true } })
  id: string;

  @Property(() => String, { description: 'What it says.', column: {} })
  text: string;

  @Property(() => String, { nullable: true, description: 'Who said it.' })
  registrantName?: string | null;

  @Hidden({ type: 'text' })
  textEncrypted: string;

  @Field(() => String)
  onlyInTheGraph: string;
}

class IssueOfToday extends Issue {
  todaysSecret: string;
}

class Unlisted {
  @Property(() => String, { description: 'Of a type that the table does not know.' })
  name: string;
}

const issue = (from: Issue = new Issue()): Issue =>
  Object.assign(from, { id: '1', text: 'late', textEncrypted: 'v1.k1', onlyInTheGraph: 'x', added: 'at run time' });

describe('present', () => {
  it('sends what opted in and the role may read, and null for what is not set', () => {
    expect(present(issue(), 'bank')).toEqual({ id: '1', text: 'late', registrantName: null });
    expect(present(issue(), 'applicant')).toEqual({ id: '1', text: 'late' });
    expect(present(issue(), 'dashboard')).toEqual({ id: '1' });
    expect(present(issue(), 'department')).toEqual({});
  });

  it('reaches into pages, lists and plain objects', () => {
    expect(present({ items: [issue(), issue()], nextCursor: null, issue: { deep: issue() } }, 'dashboard'))
      .toEqual({ items: [{ id: '1' }, { id: '1' }], nextCursor: null, issue: { deep: { id: '1' } } });
    expect(present([[issue()]], 'dashboard')).toEqual([[{ id: '1' }]]);
  });

  it('hides of a subclass what its parent hides, and what it adds', () => {
    const today = Object.assign(issue(new IssueOfToday()), { todaysSecret: 'x' });
    expect(present(today, 'bank')).not.toHaveProperty('textEncrypted');
    expect(present(today, 'bank')).not.toHaveProperty('todaysSecret');
  });

  it('sends nothing of a type that the table does not know', () => {
    expect(present(Object.assign(new Unlisted(), { name: 'x' }), 'supervisor')).toEqual({});
  });

  it('leaves plain values as they are', () => {
    const day = new Date();
    const bytes = Buffer.from('x');
    for (const value of [null, undefined, 0, '', false, 'text', day, bytes]) expect(present(value, 'bank')).toBe(value);
    expect(present({ day, none: undefined, constructor: 'odd', nothing: null }, 'bank')).toEqual({ day, none: null, constructor: 'odd', nothing: null });
    expect(present(Object.assign(Object.create(null) as object, { a: 1 }), 'bank')).toEqual({ a: 1 });
  });
});
