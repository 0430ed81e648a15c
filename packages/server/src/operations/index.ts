export type { Controls, PoolUse, RunControls, WorkflowStart } from "./controls.ts";
export {
  aboutOf,
  changesSomething,
  type OperationInput,
  type OperationName,
  type OperationOutput,
  operations,
  perform,
  performAny,
  readOutput,
} from "./operations.ts";
