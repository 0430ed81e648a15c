export {
  type Abstention,
  type AgentAnswer,
  abstentionAnswerSchema,
  abstentionSchema,
  agentAnswerSchema,
  defaultOutcomes,
  type Fact,
  factSchema,
  type Opinion,
  type OpinionRequest,
  opinionAnswerSchema,
  opinionRequestSchema,
  opinionSchema,
  type View,
  viewSchema,
} from "./agent-contract.ts";
export { limits } from "./limits.ts";
export { parseWith, type ValueProblem } from "./parse-with.ts";
export { entityName, symbol, tradingDate } from "./scalars.ts";
