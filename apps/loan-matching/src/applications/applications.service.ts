import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { changeApplication, findApplication, isResponder, mustBeOpen, onApplication } from './application-access.js';
import { Application } from './application.entity.js';
import type { ApplicationsArgs, ApplicationsQuery } from './application.inputs.js';
import { ApplicationView } from './application-view.js';
import type { DocumentKind } from './documents.js';

/** Reading applications, and what their documents are: the applicant its own, whoever took some down those, supervisors all. */
@Injectable()
export class ApplicationsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors, private readonly view: ApplicationView) {}

  list(caller: Caller, query: ApplicationsQuery | ApplicationsArgs): Promise<Page<Application>> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const applications = tx.manager.createQueryBuilder(Application, 'application');
      const { state, source, greenChannel } = query;
      const { organisationId } = caller;
      if (isResponder(caller)) applications.andWhere('application.responder_org_id = :organisationId', { organisationId });
      // Of what became of an application the staff of a harbor sees nothing, and so finds nothing by it.
      if (state && caller.role !== 'harbor-staff') applications.andWhere('application.state = :state', { state });
      if (source) applications.andWhere('application.source = :source', { source });
      if (typeof greenChannel === 'boolean') applications.andWhere('application.green_channel = :greenChannel', { greenChannel });
      const page = await readPage(applications, query, this.cursors, { list: 'applications', organisationId, filter: { state, source, greenChannel: String(greenChannel) } });
      return { ...page, items: await this.view.show(tx, page.items) };
    });
  }

  get(caller: Caller, id: string): Promise<Application> {
    return onApplication(this.tenancy, caller, async (tx) => this.view.showOne(tx, await findApplication(tx, id)));
  }

  /** For the graph, which supervisors and dashboards alone ask. */
  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Application>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.findBy(Application, { id: In(ids.filter((id) => isUUID(id))) });
      return new Map((await this.view.show(tx, rows)).map((application) => [application.id, application]));
    });
  }

  /** Which documents the applicant has by now; the answer names all that are missing. */
  stateDocuments(caller: Caller, id: string, documents: readonly DocumentKind[]): Promise<Application> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const application = await findApplication(tx, id, { lock: true });
      mustBeOpen(application);
      await changeApplication(tx, application, { documents: [...documents] });
      await addStep(tx, application, TrailStepKind.DOCUMENTS_STATED);
      await audit(tx, { action: 'application.documents', resource: 'application', resourceId: id, detail: { documents: documents.join(' ') } });
      return this.view.showOne(tx, application);
    });
  }
}
