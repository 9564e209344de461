import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import { type Caller, isOfBank } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { findApplication } from '../applications/application-access.js';
import { findDemand, mustBeConsented } from '../demands/demand-access.js';
import { Demand } from '../demands/demand.entity.js';
import { isAccepted, isFromHarbor } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { ProgressStage } from '../progress/demand-progress.entity.js';
import { mustNotHaveReached, Progress } from '../progress/progress.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { followDemands } from '../workflows/application-course.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { DemandQuestion } from './demand-question.entity.js';
import type { AskInput } from './question.inputs.js';

/** What a bank does with a demand between acceptance and loan: it examines it, and asks the enterprise what it lacks. */
@Injectable()
export class QuestionsService {
  constructor(
    private readonly tenancy: Tenancy, private readonly personalData: PersonalData, private readonly disclosure: Disclosure,
    private readonly moves: DemandMoves, private readonly progress: Progress, private readonly publisher: Publisher,
  ) {}

  /** The bank examines the demand. Whoever examines has spoken with the enterprise, even where the bank did not tell. */
  examine(caller: Caller, id: string): Promise<Demand> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      await this.moves.move(tx, demand, 'examine');
      await addStep(tx, demand, TrailStepKind.EXAMINED);
      await this.progress.dock(tx, demand);
      await audit(tx, { action: 'demand.examine', resource: 'demand', resourceId: id });
      return this.disclosure.showOne(tx, demand);
    });
  }

  /**
   * Before the decision, or for the contract: the demand waits until the enterprise answers. Where nobody holds its secret, the bank
   * asks by phone.
   */
  ask(caller: Caller, id: string, { question, documents = [] }: AskInput): Promise<DemandQuestion> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      if (!isFromHarbor(demand)) throw new DomainError('ILLEGAL_STATE', 'The demand comes from a list or an outside platform: nobody could answer here. Ask by phone.');
      mustBeConsented(demand);
      await this.moves.move(tx, demand, 'ask');
      await mustNotHaveReached(tx, id, ProgressStage.LENT, ProgressStage.ENDED);
      const asked = tx.manager.create(DemandQuestion, {
        id: newId(), demandId: id, bankId: demand.orgId, applicationId: demand.applicationId, documents, askedAt: new Date(),
        answerEncrypted: null, answeredAt: null, retractedAt: null,
      });
      asked.questionEncrypted = await this.seal(tx, asked, { question }, demand.contactPhoneEncrypted);
      await tx.manager.insert(DemandQuestion, asked);
      await this.told(tx, demand, asked, TrailStepKind.ASKED, 'demand.ask');
      return this.showOne(tx, asked, demand);
    });
  }

  /** The bank needs no answer any more: the demand goes on where it was. */
  retract(caller: Caller, id: string, questionId: string): Promise<DemandQuestion> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id, { lock: true });
      const asked = await findQuestion(tx, { id: questionId, demandId: id });
      mustBeOpen(asked);
      await this.moves.move(tx, demand, 'retract');
      asked.retractedAt = new Date();
      await tx.manager.update(DemandQuestion, { id: questionId }, { retractedAt: asked.retractedAt });
      await this.told(tx, demand, asked, TrailStepKind.QUESTION_RETRACTED, 'demand.retract-question');
      return this.showOne(tx, asked, demand);
    });
  }

  /** The questions of a demand, oldest first. */
  list(caller: Caller, id: string): Promise<DemandQuestion[]> {
    return this.tenancy.run(caller, async (tx) => {
      const demand = await findDemand(tx, id);
      const asked = await tx.manager.find(DemandQuestion, { where: { demandId: id }, order: { id: 'ASC' } });
      return this.show(tx, asked, new Map([[id, demand]]));
    });
  }

  /** The same of many demands, for the graph. */
  byDemand(caller: Caller, ids: readonly string[]): Promise<Map<string, DemandQuestion[]>> {
    return this.tenancy.run(caller, async (tx) => {
      const asked = await tx.manager.find(DemandQuestion, { where: { demandId: In([...ids]) }, order: { id: 'ASC' } });
      const demands = asked.length > 0 ? await tx.manager.findBy(Demand, { id: In(asked.map(({ demandId }) => demandId)) }) : [];
      const shown = await this.show(tx, asked, new Map(demands.map((demand) => [demand.id, demand])));
      return new Map(ids.map((id) => [id, shown.filter(({ demandId }) => demandId === id)]));
    });
  }

  /** What all banks ask about an application, oldest first, for whoever holds its secret. */
  ofApplication(caller: Caller, applicationId: string): Promise<DemandQuestion[]> {
    return this.tenancy.asWorker('applicant', caller, async (tx) => {
      await findApplication(tx, applicationId);
      return this.show(tx, await tx.manager.find(DemandQuestion, { where: { applicationId }, order: { id: 'ASC' } }));
    });
  }

  /** The enterprise answers, once: the demand goes on where it was. */
  answer(caller: Caller, applicationId: string, questionId: string, answer: string): Promise<DemandQuestion> {
    return this.tenancy.asWorker('applicant', caller, async (tx) => {
      await findApplication(tx, applicationId, { lock: true });
      const { demandId } = await findQuestion(tx, { id: questionId, applicationId });
      const demand = await tx.manager.findOneOrFail(Demand, { where: { id: demandId }, lock: { mode: 'pessimistic_write' } });
      const asked = await findQuestion(tx, { id: questionId, applicationId });
      mustBeOpen(asked);
      await this.moves.move(tx, demand, 'answer');
      asked.answerEncrypted = await this.seal(tx, asked, { answer }, asked.questionEncrypted);
      asked.answeredAt = new Date();
      await tx.manager.update(DemandQuestion, { id: questionId }, { answerEncrypted: asked.answerEncrypted, answeredAt: asked.answeredAt });
      await this.told(tx, demand, asked, TrailStepKind.ANSWERED, 'demand.answer');
      await this.publisher.publish(tx, 'demand.answered', {
        organisationId: demand.orgId, aggregateId: demandId, version: demand.version, payload: { demandId, questionId },
      });
      await followDemands(tx, applicationId);
      return this.showOne(tx, asked);
    });
  }

  private async told(tx: Tx, demand: Demand, { id: questionId }: DemandQuestion, step: TrailStepKind, action: string): Promise<void> {
    await addStep(tx, demand, step);
    await audit(tx, { action, resource: 'demand', resourceId: demand.id, detail: { questionId } });
  }

  private async seal(tx: Tx, { id, bankId }: DemandQuestion, texts: Record<string, string>, under: string | null): Promise<string> {
    const [sealed] = await this.personalData.seal(tx, 'demand_questions', [{ id, organisationId: bankId, texts, under }]);
    return Object.values(sealed)[0]!;
  }

  private async showOne(tx: Tx, question: DemandQuestion, demand?: Demand): Promise<DemandQuestion> {
    tx.disclosed = dataKeyIdOf(question.questionEncrypted);
    return (await this.show(tx, [question], demand && new Map([[demand.id, demand]])))[0];
  }

  /** A bank reads answers as long as it may know the enterprise. */
  private async show(tx: Tx, questions: DemandQuestion[], demands?: ReadonlyMap<string, Demand>): Promise<DemandQuestion[]> {
    const opened = await this.personalData.open(tx, 'demand_questions', questions.map((one) =>
      ({ id: one.id, organisationId: one.bankId, sealed: { question: one.questionEncrypted, answer: one.answerEncrypted } })));
    return questions.map((one, index) => {
      const demand = demands?.get(one.demandId);
      const mayKnow = !isOfBank(tx.caller?.role) || (!!demand && isAccepted(demand) && !demand.consentWithdrawnAt);
      return Object.assign(new DemandQuestion(), one, { question: opened[index].question, answer: mayKnow ? opened[index].answer : null });
    });
  }
}

async function findQuestion(tx: Tx, where: Partial<Pick<DemandQuestion, 'id' | 'demandId' | 'applicationId'>>): Promise<DemandQuestion> {
  const found = await tx.manager.findOneBy(DemandQuestion, where);
  if (!found) throw notFound('question');
  return found;
}

function mustBeOpen({ answeredAt, retractedAt }: DemandQuestion): void {
  if (answeredAt) throw new DomainError('ILLEGAL_STATE', 'The question was answered before.');
  if (retractedAt) throw new DomainError('ILLEGAL_STATE', 'The bank took the question back.');
}
