/**
 * Replays a run with what the project has now, and says what came of it: whether the decision hash agrees, what was
 * computed again, where it came out different, and what stands in the way of a full replay.
 */
import type { Policy } from "@mycroft/ensemble";
import { readTimeline } from "@mycroft/record";
import { shortened } from "@mycroft/record/text";
import { type Gateway, type Replay, type RunRecord, replayRun, valueChanges } from "@mycroft/runtime";
import type { FunctionDefinition } from "@mycroft/sdk";
import { changeText } from "../text/change-text.ts";
import type { Terminal } from "../text/terminal.ts";

/** What the project has that can be computed again. */
export interface Recomputable {
  readonly functions: readonly FunctionDefinition[];
  readonly policies: readonly Policy[];
  readonly data: DataState;
}

/** What became of the project's market data. */
export type DataState =
  | { readonly kind: "loaded"; readonly hash: string }
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly reason: string };

export interface ReplayFindings extends Replay {
  /** What is other than it was when the run was recorded. */
  readonly remarks: readonly ReplayRemark[];
}

export interface ReplayRemark {
  readonly kind: "missing" | "otherVersion" | "otherData";
  readonly message: string;
}

const shownTasks = 10;
const changesPerTask = 5;
const reasonLength = 500;

export async function replayWith(
  record: RunRecord,
  gateway: Gateway,
  has: Recomputable,
): Promise<ReplayFindings> {
  const functions = new Map(has.functions.map((one) => [one.name, one]));
  const policies = new Map(has.policies.map((one) => [one.name, one]));
  // What is missing cannot be computed; it is taken from the record, and said so.
  const replay = await replayRun(record, gateway, ({ kind, name }) => {
    if (kind === "policy") return policies.has(name);
    return kind === "function" && functions.get(name)?.pure === true;
  });
  return { ...replay, remarks: [...targetRemarks(record, functions, policies), ...dataRemarks(record, has)] };
}

function targetRemarks(
  record: RunRecord,
  functions: ReadonlyMap<string, FunctionDefinition>,
  policies: ReadonlyMap<string, Policy>,
): readonly ReplayRemark[] {
  const remarks = new Map<string, ReplayRemark>();
  for (const { target, attempts } of readTimeline(record).tasks) {
    if (target === null || target.kind === "agent" || target.kind === "workflow") continue;
    const known = target.kind === "policy" ? policies.get(target.name) : functions.get(target.name);
    const recorded = attempts.findLast((attempt) => attempt.outcome === "succeeded")?.version ?? null;
    const what = `${target.kind} ${target.name}`;
    if (known === undefined) {
      const message = `The ${what} is not in this project: its outcomes were taken from the record.`;
      remarks.set(what, { kind: "missing", message });
    } else if (recorded !== null && recorded !== known.version) {
      const message = `The ${what} answered in version ${recorded}; this project has version ${known.version}.`;
      remarks.set(`${what} ${recorded}`, { kind: "otherVersion", message });
    }
  }
  return [...remarks.values()];
}

function dataRemarks({ header }: RunRecord, { data }: Recomputable): readonly ReplayRemark[] {
  const recorded = header.provenance.dataHash;
  if (recorded === undefined || (data.kind === "loaded" && data.hash === recorded)) return [];
  return [{ kind: "otherData", message: dataText(data) }];
}

function dataText(data: DataState): string {
  switch (data.kind) {
    case "loaded":
      return "The project's market data is not what it was: functions that look at it may come out different.";
    case "none":
      return "The run was made with market data; this project has none.";
    case "unreadable":
      return `The project's market data cannot be read now: ${shortened(data.reason, reasonLength)}`;
  }
}

export function replayReport(
  record: RunRecord,
  findings: ReplayFindings,
  style: Terminal["style"],
): readonly string[] {
  const { agrees, recordedHash, replayedHash, recomputed, taken, divergences, remarks } = findings;
  const { runId, workflow, asOf } = record.header;
  const verdict = agrees
    ? [`${style("green", "The decision hash agrees")}: ${recordedHash}`]
    : [
        style("red", "The decision hash differs."),
        `  recorded ${recordedHash}`,
        `  replayed ${replayedHash}`,
      ];
  return [
    `Replay of run ${style("bold", runId)} (${workflow}, as of ${asOf})`,
    `${countOf(recomputed, "outcome")} computed again, ${countOf(taken, "outcome")} taken from the record.`,
    ...verdict,
    ...divergenceLines(divergences, style),
    ...(remarks.length === 0 ? [] : ["", style("bold", "Not as it was")]),
    ...remarks.map(({ message }) => `  ${message}`),
  ];
}

function divergenceLines(divergences: Replay["divergences"], style: Terminal["style"]): readonly string[] {
  if (divergences.length === 0) return [];
  const shown = divergences.slice(0, shownTasks);
  const rest = divergences.length - shown.length;
  return [
    "",
    `${style("bold", "What came out different")} (${countOf(divergences.length, "task")})`,
    ...shown.flatMap(({ task, recorded, replayed }) => {
      const changes = valueChanges(recorded, replayed)
        .take(changesPerTask + 1)
        .toArray();
      const lines = changes.slice(0, changesPerTask).map((change) => {
        const text = changeText(change);
        return `    ${change.path === "" ? text : `${change.path}: ${text}`}`;
      });
      return [`  ${task}`, ...lines, ...(changes.length > changesPerTask ? ["    ... and more"] : [])];
    }),
    ...(rest === 0 ? [] : [`  ... and ${countOf(rest, "more task")}`]),
  ];
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
