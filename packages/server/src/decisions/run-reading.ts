/** What lists and figures need of one run, read from its record once: decisions, opinions, and how each agent did. */
import type { Resolution } from "@mycroft/ensemble";
import { apiLimits, type DecisionSummary, type OpinionView } from "@mycroft/protocol";
import type { TaskStory } from "@mycroft/record";
import { cut } from "@mycroft/record/text";
import { type AgentAttempts, eachAgentAttempts } from "../agents/agent-attempts.ts";
import type { Turns } from "../turns/turns.ts";
import { AskedTasks } from "./asked-tasks.ts";
import { decisionSummary, viewSummaries } from "./decision-summary.ts";
import type { FoldedRun } from "./folded-run.ts";
import { eachWholeDecision } from "./whole-decisions.ts";

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

export async function readRunReading(run: FoldedRun, turns: Turns): Promise<RunReading> {
  const { header, state, timeline, events } = run;
  const { runId } = header;
  const about = { ...header, status: state.result?.status ?? header.status };
  const tasks = new Map(timeline.tasks.map((task) => [task.id, task]));
  const asked = new AskedTasks(timeline);
  const decisions: DecisionSummary[] = [];
  const opinions: OpinionView[] = [];
  for (const one of eachWholeDecision(timeline)) {
    if (turns.isOver) await turns.giveWay();
    if (one === null) continue;
    const task = tasks.get(one.task);
    decisions.push(decisionSummary(about, one, task?.settledAt ?? header.createdAt));
    opinions.push(...opinionViews(runId, one.resolution, askedIn(asked, task), one.task));
  }
  const attempts = new Map(await turns.take(eachAgentAttempts(runId, timeline)));
  return { runId, events, decisions, opinions, attempts };
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
