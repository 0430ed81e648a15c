/** What lists and figures need of one run, read from its record once: decisions, opinions, and how each agent did. */
import type { Resolution } from "@mycroft/ensemble";
import { apiLimits, type DecisionSummary, type OpinionView } from "@mycroft/protocol";
import { readTimeline, type TaskStory } from "@mycroft/record";
import { cut } from "@mycroft/record/text";
import type { RunRecord } from "@mycroft/runtime";
import { type AgentAttempts, readAgentAttempts } from "../agents/agent-attempts.ts";
import { AskedTasks } from "./asked-tasks.ts";
import { decisionSummary, viewSummaries } from "./decision-summary.ts";
import { readWholeDecisions } from "./whole-decisions.ts";

export interface RunReading {
  readonly runId: string;
  /** How many of its events were read. */
  readonly events: number;
  /** In the order in which the run decided. */
  readonly decisions: readonly DecisionSummary[];
  /** Of agents, abstentions among them, decision by decision. */
  readonly opinions: readonly OpinionView[];
  readonly attempts: ReadonlyMap<string, AgentAttempts>;
}

export function readRunReading(record: RunRecord): RunReading {
  // What has been folded is at least as new as the header.
  const header = { ...record.header, status: record.state.result?.status ?? record.header.status };
  const timeline = readTimeline(record);
  const tasks = new Map(timeline.tasks.map((task) => [task.id, task]));
  const asked = new AskedTasks(timeline);
  const decided = readWholeDecisions(record, timeline);
  return {
    runId: header.runId,
    events: record.events.length,
    decisions: decided.map((one) =>
      decisionSummary(header, one, tasks.get(one.task)?.settledAt ?? header.createdAt),
    ),
    opinions: decided.flatMap(({ task, resolution }) =>
      opinionViews(header.runId, resolution, askedIn(asked, tasks.get(task)), task),
    ),
    attempts: readAgentAttempts(header.runId, timeline),
  };
}

function askedIn(asked: AskedTasks, resolve: TaskStory | undefined): ReadonlyMap<string, string> {
  if (resolve === undefined) return new Map();
  return new Map(asked.of(resolve).map(({ agent, task }) => [agent, task]));
}

/** One that was not asked in this run is told as of the resolve step. */
function opinionViews(
  runId: string,
  resolution: Resolution,
  askedIn: ReadonlyMap<string, string>,
  resolve: string,
): readonly OpinionView[] {
  const { subject, asOf, horizonDays } = resolution;
  const rationales = new Map(resolution.opinions.map(({ agent, rationale }) => [agent, rationale]));
  const about = { runId, subject, asOf, horizonDays, outcomes: [...resolution.outcomes] };
  return viewSummaries(resolution).map((view) => ({
    ...view,
    ...about,
    task: askedIn.get(view.agent) ?? resolve,
    rationale: cut(rationales.get(view.agent) ?? "", apiLimits.shownText),
  }));
}
