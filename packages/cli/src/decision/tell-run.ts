/** Tells how a run came out, or what it waits for: the same in every command that works on a run. */
import type { JsonValue } from "@mycroft/engine";
import { readSubjectDecisions } from "@mycroft/record";
import { durationText, inFull, jsonLines } from "@mycroft/record/text";
import type { RunRecord } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { waitJson, waitLines } from "../host/wait-lines.ts";
import type { LoadedMarket } from "../project/market.ts";
import { nextCommands } from "../text/next-commands.ts";
import { printDecisions } from "./print-decisions.ts";
import type { WorkedRun } from "./run-and-read.ts";
import { decisionJson, runJson } from "./run-json.ts";

type Told = Pick<Invocation, "options" | "terminal">;

/** @param more is added to the JSON form. */
export function tellRun(
  worked: WorkedRun,
  market: LoadedMarket | null,
  { options, terminal }: Told,
  more: object = {},
): void {
  const { record } = worked;
  if (terminal.json) {
    const outcome = runOutcomeJson(worked, market, options);
    terminal.printJson({ ...more, ...outcome, output: outputOf(record) });
    return;
  }
  if (record.state.result === null) {
    tellWaiting(worked, { options, terminal });
    return;
  }
  terminal.note(headline(record));
  if (record.state.result.status !== "succeeded") return;
  const decisions = readSubjectDecisions(record);
  if (decisions.length > 0) printDecisions(decisions, terminal);
  else for (const line of jsonLines(outputOf(record), inFull)) terminal.print(line);
}

/** What a run that has not settled waits for, and who goes on with it. */
export function tellWaiting(
  { record, waits, place, obstacle }: WorkedRun,
  { options, terminal }: Told,
): void {
  const { runId, workflow } = record.header;
  if (obstacle !== null) {
    terminal.print(
      `Run ${runId} (${workflow}) is under way and waits for a process that may work on it: it ${obstacle}.`,
    );
    return;
  }
  terminal.print(`Run ${runId} (${workflow}) is under way and waits`);
  for (const line of waitLines(waits, options)) terminal.print(`  ${line}`);
  // A cluster goes on with it by itself.
  if (place.kind === "cluster") return;
  const [up = ""] = nextCommands([["up"]], options);
  terminal.note(`\`${up}\` goes on with it at any time, and so does the next command that runs something.`);
}

export function runOutcomeJson(
  { record, waits, obstacle }: WorkedRun,
  market: LoadedMarket | null,
  options: Invocation["options"],
) {
  return {
    ...runJson(record, market),
    decisions: readSubjectDecisions(record).map(decisionJson),
    waits: waits.map((wait) => waitJson(wait, options)),
    obstacle,
  };
}

function outputOf({ state }: RunRecord): JsonValue {
  return state.result?.status === "succeeded" ? state.result.output : null;
}

function headline({ header, state }: RunRecord): string {
  const took = durationText((state.settledAt ?? 0) - (state.startedAt ?? 0));
  return `Run ${header.runId}: ${header.workflow} as of ${header.asOf} ${header.status} in ${took}.`;
}
