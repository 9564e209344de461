import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Demand } from '../demands/demand.entity.js';
import { DemandQuestion } from './demand-question.entity.js';
import { AnswerInput, AskInput } from './question.inputs.js';
import { QuestionsService } from './questions.service.js';

@ApiTags('demands')
@Controller('v1')
export class QuestionsController {
  constructor(private readonly questions: QuestionsService) {}

  @Post('demands/:id/due-diligence')
  @ApiOperation({ summary: 'Begin to examine a demand', description: 'For its bank, after acceptance and before the decision.' })
  @ApiCreatedResponse({ type: Demand })
  examine(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<Demand> {
    return this.questions.examine(caller, id);
  }

  @Get('demands/:id/questions')
  @ApiOperation({ summary: 'List what a bank asked about a demand', description: 'With the answers, oldest first.' })
  @ApiOkResponse({ type: [DemandQuestion] })
  list(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<DemandQuestion[]> {
    return this.questions.list(caller, id);
  }

  @Post('demands/:id/questions')
  @ApiOperation({ summary: 'Ask the enterprise', description: 'Before the decision, or after an approval until the loan. The demand is ACTION_REQUIRED, or APPROVED_ACTION_REQUIRED, until the enterprise answers or the bank takes the question back; the bank’s clocks wait meanwhile.' })
  @ApiCreatedResponse({ type: DemandQuestion })
  ask(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: AskInput): Promise<DemandQuestion> {
    return this.questions.ask(caller, id, input);
  }

  @Post('demands/:id/questions/:questionId/retraction')
  @ApiOperation({ summary: 'Take a question back', description: 'The demand goes on where it was.' })
  @ApiCreatedResponse({ type: DemandQuestion })
  retract(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Param('questionId', ParseUUIDPipe) questionId: string,
  ): Promise<DemandQuestion> {
    return this.questions.retract(caller, id, questionId);
  }

  @Get('applications/:id/questions')
  @ApiOperation({ summary: 'List what banks ask about an application', description: 'For the applicant, oldest first.' })
  @ApiOkResponse({ type: [DemandQuestion] })
  ofApplication(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<DemandQuestion[]> {
    return this.questions.ofApplication(caller, id);
  }

  @Post('applications/:id/questions/:questionId/answer')
  @ApiOperation({ summary: 'Answer a bank', description: 'For the applicant, once. The demand goes on where it was.' })
  @ApiCreatedResponse({ type: DemandQuestion })
  answer(
    @CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Param('questionId', ParseUUIDPipe) questionId: string,
    @Body() { answer }: AnswerInput,
  ): Promise<DemandQuestion> {
    return this.questions.answer(caller, id, questionId, answer);
  }
}
