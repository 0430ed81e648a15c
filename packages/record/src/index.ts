export {
  type WordedDecision,
  type WordedSection,
  wordBriefly,
  wordDecision,
} from "./decisions/decision-words.ts";
export { percent, signed, wholePercent } from "./decisions/number-words.ts";
export {
  type AgentEvidence,
  eachSubjectDecision,
  mostDisputed,
  readSubjectDecisions,
  type SubjectDecision,
} from "./decisions/subject-decision.ts";
export { tiltOf, usualText } from "./decisions/usual-words.ts";
export { type BodyWork, type PlainWork, workText } from "./graph/node-work.ts";
export { type GraphNode, type NodeWork, type WorkflowGraph, workflowGraph } from "./graph/workflow-graph.ts";
export { type LogReading, logLevels, type RunLogLine } from "./timeline/run-log.ts";
export {
  type AttemptStory,
  readTimeline,
  type Target,
  type TaskStory,
  type Timeline,
  TimelineFold,
} from "./timeline/run-timeline.ts";
export { type RunWait, readStanding, type Standing, standingOf, waitOf } from "./waits/run-waits.ts";
