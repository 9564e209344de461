import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import {
  type DefinitionNode, type DocumentNode, type FragmentDefinitionNode, getOperationAST, GraphQLError, Kind, OperationTypeNode,
} from 'graphql';
import type { Metrics } from '../health/metrics.js';
import { costOf } from './cost.js';
import type { GraphContext } from './graph-context.js';
import { isGreeting } from './greeting.js';
import { isLimitRule, type Limits, refusal, tooMuch } from './limits.js';
import { brokenLimit } from './measure.js';
import { deprecatedFields } from './deprecated-fields.js';

const isSubscription = (one: DefinitionNode): boolean =>
  one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION;

type Plugin = GatewayPlugin<GraphContext & Record<string, unknown>>;

/** What the runtime refuses before it plans a query, and counts. */
export const guard = (limits: Limits, metrics: Metrics): Plugin => ({
  onParams({ params, context, setResult }) {
    const { query } = params as { query?: unknown };
    const { role = 'anonymous' } = (context as unknown as GraphContext).requestContext.caller ?? {};
    if (role === 'anonymous' && !isGreeting(query)) {
      setResult({ errors: [refusal('UNAUTHENTICATED', 'The graph needs an access token.', { 'www-authenticate': 'Bearer' })] });
    } else if (typeof query === 'string' && query.length > limits.GRAPHQL_MAX_CHARACTERS) {
      setResult({ errors: [tooMuch('queryLength', limits.GRAPHQL_MAX_CHARACTERS, query.length)] });
    }
  },

  onParse({ parseFn, setParseFn }) {
    const most = limits.GRAPHQL_MAX_TOKENS;
    setParseFn((source, options) => {
      try {
        return parseFn(source, { ...options, maxTokens: most }) as DocumentNode;
      } catch (error) {
        // graphql-js stops reading there, and says so in words alone.
        if (error instanceof GraphQLError && error.message.includes(`more that ${most} tokens`)) throw tooMuch('queryTokens', most, `more than ${most}`);
        throw error;
      }
    });
  },

  onValidate({ params, setResult }) {
    const broken = brokenLimit(params.documentAST, limits);
    // graphql-js throws at it, as if it were our fault.
    if (!params.schema.getSubscriptionType() && params.documentAST.definitions.some(isSubscription)) {
      setResult([refusal('VALIDATION_FAILED', 'The graph has no subscriptions.')]);
    } else if (broken) setResult([tooMuch(broken.rule, broken.most, broken.asked)]);
  },

  onExecute({ args, setResultAndStopExecution }) {
    const { schema, operationName, variableValues } = args;
    const document = args.document as DocumentNode;
    const operation = getOperationAST(document, operationName);
    if (!operation) return;
    (args.contextValue as unknown as GraphContext).requestContext.deprecated = deprecatedFields(schema, document);
    const fragments = document.definitions.filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION);
    const { records, pageSize } = costOf(schema, operation, fragments, variableValues ?? {});
    const { GRAPHQL_MAX_PAGE: page, GRAPHQL_MAX_COST: cost } = limits;
    if (pageSize > page) setResultAndStopExecution({ errors: [tooMuch('pageSize', page, pageSize)] });
    else if (records > cost) setResultAndStopExecution({ errors: [tooMuch('queryCost', cost, records)] });
  },

  onResultProcess({ result, serverContext }) {
    const { requestContext } = serverContext as unknown as GraphContext;
    for (const { extensions } of (result as { errors?: readonly GraphQLError[] }).errors ?? []) {
      const [first] = (extensions?.errors ?? []) as { rule?: string }[];
      requestContext.errorCode ??= extensions?.code as string | undefined;
      if (extensions?.code === 'UNAUTHENTICATED') metrics.graphRefused('unauthenticated');
      else if (first?.rule !== undefined && isLimitRule(first.rule)) metrics.graphRefused(first.rule);
    }
  },
});
