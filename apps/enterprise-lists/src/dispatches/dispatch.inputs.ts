import { ArgsType, Field, ID } from '@nestjs/graphql';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsEnum, IsOptional, IsString, IsUUID } from 'class-validator';
import { Channel, DispatchTarget } from '../vocabulary.js';

/** Which rows of a list go to which banks, and how. */
@ArgsType()
export class DispatchArgs {
  @Field(() => Channel, { nullable: true, description: 'The system that the rows go through. Without it each row goes by its own: green where it is tagged so.' })
  @IsOptional() @IsEnum(Channel)
  channel?: Channel;

  @Field(() => [Channel], { nullable: true, description: 'Instead of `channel`: both systems.' })
  @IsOptional() @IsEnum(Channel, { each: true }) @ArrayMinSize(1) @ArrayUnique()
  channels?: Channel[];

  @Field(() => DispatchTarget, { nullable: true, description: 'Which banks; all of the district when left out.' })
  @IsOptional() @IsEnum(DispatchTarget)
  target?: DispatchTarget;

  @Field(() => [ID], { nullable: true, description: 'Of those, these banks alone.' })
  @IsOptional() @IsUUID(undefined, { each: true }) @ArrayMinSize(1) @ArrayMaxSize(500)
  bankIds?: string[];

  @Field(() => [ID], { nullable: true, description: 'These rows alone; all that are recommended when left out.' })
  @IsOptional() @IsUUID(undefined, { each: true }) @ArrayMinSize(1) @ArrayMaxSize(2_000)
  entryIds?: string[];
}

/** A dispatch of a list. */
@ArgsType()
export class DispatchPushListArgs extends DispatchArgs {
  @Field(() => ID, { description: 'Id of the list.' })
  @IsUUID()
  id: string;
}

/** The dry run of a dispatch; of what is no list there is none. */
@ArgsType()
export class DispatchPreviewArgs extends DispatchArgs {
  @Field(() => ID, { description: 'Id of the list.' })
  @IsString()
  id: string;
}
