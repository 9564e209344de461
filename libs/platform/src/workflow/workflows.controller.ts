import { notFound } from '@finharbor/contracts/errors';
import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { ApiService } from '../operations/operations.controller.js';
import { type PublishedWorkflow, toJson, toMermaid } from './published.js';
import type { Workflow } from './workflow.js';

/** Injection token of the service's workflows. */
export const WORKFLOWS = Symbol('WORKFLOWS');

const document = { type: 'object', additionalProperties: true } as const;

/** The state machines that a service keeps to, as data: the very definitions that it runs on. */
@ApiTags('workflows')
@ApiService()
@Controller('v1/workflows/:service')
export class WorkflowsController {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity, @Inject(WORKFLOWS) private readonly workflows: readonly Workflow[],
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the workflows of a service', description: 'States and moves, who makes them, and where a reason is needed. docs/workflows.md explains them.' })
  @ApiOkResponse({ schema: { type: 'array', items: document } })
  list(@Param('service') service: string): PublishedWorkflow[] {
    this.expect(service);
    return this.workflows.map(toJson);
  }

  @Get(':name')
  @ApiOperation({ summary: 'Read a workflow' })
  @ApiOkResponse({ schema: document })
  get(@Param('service') service: string, @Param('name') name: string): PublishedWorkflow {
    return toJson(this.find(service, name));
  }

  @Get(':name/diagram')
  @Header('content-type', 'text/vnd.mermaid; charset=utf-8')
  @ApiOperation({ summary: 'Read the diagram of a workflow', description: 'In the language of Mermaid.' })
  @ApiOkResponse({ content: { 'text/vnd.mermaid': { schema: { type: 'string' } } } })
  diagram(@Param('service') service: string, @Param('name') name: string): string {
    return toMermaid(this.find(service, name));
  }

  private find(service: string, name: string): Workflow {
    this.expect(service);
    const found = this.workflows.find((one) => one.name === name);
    if (!found) throw notFound('workflow');
    return found;
  }

  private expect(service: string): void {
    if (service !== this.service.name) throw notFound('service');
  }
}
