export { createKey, type KeyRole, listKeys, revokeKey } from "./access/api-keys.ts";
export type { Backend } from "./backend.ts";
export type {
  BacktestDayTask,
  BacktestTask,
  DayAgain,
  EvaluationTask,
  ExperimentWork,
  WorkPorts,
} from "./experiments/experiment-work.ts";
export { openServer, type RunningServer, type ServerOptions, usualPort } from "./open-server.ts";
