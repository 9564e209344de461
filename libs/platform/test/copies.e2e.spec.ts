import { newId } from '@finharbor/contracts/ids';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { OrganisationCopies } from '@finharbor/platform/copies/organisation-copies';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { Module } from '@nestjs/common';
import { idleHandlers } from './harness.js';

@Module({
  imports: [PlatformModule.for({ service: identityOf('harbors'), entities: [] })],
  providers: [OrganisationCopies, idleHandlers('harbors', ['organisation.registered', 'organisation.renamed'])],
})
class CopiesModule {}

describe('what a service knows of the organisations', () => {
  let app: TestApp;
  beforeAll(async () => { app = await startTestApp(CopiesModule, 'harbors'); });
  afterAll(() => app.close());

  const find = (id: string): Promise<unknown> => app.app.get(Tenancy).run(callerOf('bank'), (tx) => app.app.get(OrganisationCopies).find(tx, id));
  const registered = (organisationId: string, name: string, version: number): Promise<void> =>
    app.deliver('organisation.registered', { organisationId, kind: OrganisationKind.BANK, name }, { version });
  const renamed = (organisationId: string, name: string, version: number): Promise<void> =>
    app.deliver('organisation.renamed', { organisationId, kind: OrganisationKind.BANK, name, validFrom: '2026-01-01' }, { version });

  it('is the newest that it was told, in whatever order', async () => {
    const id = newId();
    expect(await find(id)).toBeUndefined();
    await registered(id, 'first', 1);
    expect(await find(id)).toEqual({ id, kind: 'BANK', name: 'first' });
    await renamed(id, 'third', 3);
    await renamed(id, 'second', 2);
    await registered(id, 'first', 1);
    expect(await find(id)).toEqual({ id, kind: 'BANK', name: 'third' });
  });

  it('comes with the first event that arrives, even when it is a later one', async () => {
    const id = newId();
    await renamed(id, 'second', 2);
    await registered(id, 'first', 1);
    expect(await find(id)).toMatchObject({ name: 'second' });
  });
});
