import { anonymous, type Caller as CallerType } from '@finharbor/security/tokens/caller';
import { createParamDecorator } from '@nestjs/common';
import { currentContext } from '../logs/context.js';

/** The party behind the request, for controllers and resolvers alike. */
export const CurrentCaller = createParamDecorator((): CallerType => currentContext()?.caller ?? anonymous);
