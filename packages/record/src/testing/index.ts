export { everyKind, placeOrder } from "./every-kind-workflow.ts";
export { keepRecord, storeOf } from "./keep-record.ts";
export { type Answer, AttemptError, type RecordOptions, recordRun, startOfRuns } from "./record-run.ts";
export { resolveOn, type Said, sampleDecisions } from "./sample-decision.ts";
export { sampleWorkflow } from "./sample-workflow.ts";
