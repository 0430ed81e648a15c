export { type ErrorCode, MycroftError } from "@mycroft/errors";
export {
  type Abstention,
  type AgentAnswer,
  type Fact,
  type Opinion,
  type OpinionRequest,
  symbol,
  tradingDate,
  type View,
} from "@mycroft/protocol";
export {
  type AgentContext,
  type AgentDefinition,
  abstain,
  type CallContext,
  defineAgent,
  defineFunction,
  type FunctionContext,
  type FunctionDefinition,
} from "./agent.ts";
export type { Bar, BarSeries, DerivedSeries, MarketData, MarketView } from "./market-view.ts";
