/** What happens while `mycroft up` runs, as it is told: one line each, for a person or for a program. */

import type { RunWait } from "@mycroft/record";
import { counted, durationText, printable, shortened, timeText } from "@mycroft/record/text";
import type { BackfillProgress, RunHeader } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { answerTo, waitJson, waitText } from "../host/wait-lines.ts";
import { backfillText } from "../schedule/schedule-text.ts";

/** An agent may have codes of its own. */
interface ErrorFacts {
  readonly code: string;
  readonly message: string;
}

export type UpEvent =
  | { readonly event: "runStarted"; readonly run: RunHeader; readonly origin: RunOrigin }
  | { readonly event: "runSettled"; readonly run: RunHeader; readonly error: ErrorFacts | null }
  | { readonly event: "runWaits"; readonly run: RunHeader; readonly waits: readonly RunWait[] }
  | {
      readonly event: "firingsSkipped";
      readonly schedule: string;
      readonly reason: "missed" | "overlapping";
      readonly count: number;
      readonly until: string;
    }
  | {
      readonly event: "firingFailed";
      readonly schedule: string;
      readonly scheduledAt: string;
      readonly error: ErrorFacts;
    }
  /** A schedule stands at a time that lies ahead of the clock. */
  | { readonly event: "scheduleAhead"; readonly schedule: string; readonly place: string }
  | {
      readonly event: "dataLoaded";
      readonly source: string;
      readonly lastDate: string;
      readonly hash: string;
    }
  /** A worker has executed an attempt. */
  | {
      readonly event: "attempt";
      readonly runId: string;
      readonly task: string;
      readonly target: string;
      readonly tookMs: number;
      readonly error: ErrorFacts | null;
    }
  /** How many of the cluster's shards this orchestrator has now. */
  | { readonly event: "shards"; readonly held: number; readonly of: number }
  /** Whether this orchestrator, of the cluster's, fires the schedules and goes on with backfills. */
  | { readonly event: "schedules"; readonly isFiring: boolean; readonly schedules: readonly string[] }
  /** How far a backfill is; also when it has ended. */
  | { readonly event: "backfill"; readonly backfill: BackfillProgress }
  /** Something that another command asked for, and that changed something. */
  | { readonly event: "asked"; readonly operation: string; readonly about: string }
  | { readonly event: "warning"; readonly error: ErrorFacts; readonly isRetried: boolean }
  /** The store takes nothing any more: it is closed, and opened anew. */
  | { readonly event: "reopening" }
  | { readonly event: "stopping"; readonly inHand: number; readonly graceMs: number }
  | { readonly event: "stopped"; readonly inHand: number };

export type RunOrigin =
  | { readonly kind: "schedule"; readonly schedule: string; readonly scheduledAt: string | null }
  | { readonly kind: "backfill"; readonly backfill: string }
  | { readonly kind: "fork"; readonly of: string }
  | { readonly kind: "request" };

const shownWaits = 3;
const shownCharacters = 300;
const verbWidth = 10;

/** The commands that ask for the operations. */
const commandOf: Readonly<Record<string, string>> = {
  startRun: "run",
  pauseSchedule: "schedule pause",
  resumeSchedule: "schedule resume",
  triggerSchedule: "schedule trigger",
  beginBackfill: "backfill",
  cancelBackfill: "backfill cancel",
  createKey: "keys create",
  revokeKey: "keys revoke",
};

/** Why a run was started, as its header says. */
export function originOf({ tags, startKey, forkedFrom }: RunHeader): RunOrigin {
  if (forkedFrom !== null) return { kind: "fork", of: forkedFrom.runId };
  const backfill = tagged(tags, "backfill:");
  if (backfill !== null) return { kind: "backfill", backfill };
  const schedule = tagged(tags, "schedule:");
  if (schedule === null) return { kind: "request" };
  // A run that was started out of turn has no key.
  const scheduledAt = startKey?.startsWith(`schedule/${schedule}/`)
    ? (startKey.split("/").at(-1) ?? null)
    : null;
  return { kind: "schedule", schedule, scheduledAt };
}

/** `2026-01-05 12:00:00 UTC  started     1m8...  report  by schedule nightly, due ...`. */
export function eventLine(event: UpEvent, at: number, options: Invocation["options"]): string {
  const [verb, ...parts] = wordsOf(event, options);
  const line = [timeText(at), verb?.padEnd(verbWidth), ...parts.filter((part) => part !== "")].join("  ");
  return line.trimEnd();
}

export function eventJson(event: UpEvent, at: number, options: Invocation["options"]): object {
  const stamp = { at: new Date(at).toISOString(), event: event.event };
  if ("run" in event) {
    const { runId, workflow, status, asOf, createdAt, settledAt } = event.run;
    const run = { runId, workflow, status, asOf };
    if (event.event === "runStarted") return { ...stamp, run, origin: event.origin };
    if (event.event === "runWaits")
      return { ...stamp, run, waits: event.waits.map((wait) => waitJson(wait, options)) };
    return { ...stamp, run, tookMs: (settledAt ?? at) - createdAt, error: factsOf(event.error) };
  }
  return "error" in event ? { ...stamp, ...event, error: factsOf(event.error) } : { ...stamp, ...event };
}

function wordsOf(event: UpEvent, options: Invocation["options"]): readonly string[] {
  switch (event.event) {
    case "runStarted":
      return ["started", event.run.runId, event.run.workflow, originText(event.origin)];
    case "runSettled": {
      const { runId, workflow, status, createdAt, settledAt } = event.run;
      const took = `in ${durationText((settledAt ?? createdAt) - createdAt)}`;
      return [status, runId, workflow, event.error === null ? took : `${took}: ${errorText(event.error)}`];
    }
    case "runWaits":
      return ["waits", event.run.runId, event.run.workflow, waitsText(event.waits, options)];
    case "firingsSkipped": {
      const why = event.reason === "missed" ? "they were missed" : "a run before was under way";
      const what = `${event.count} ${event.count === 1 ? "firing" : "firings"} up to ${event.until}`;
      return ["skipped", event.schedule, `${what}: ${why}`];
    }
    case "firingFailed":
      return ["no run", event.schedule, `due ${event.scheduledAt}: ${errorText(event.error)}`];
    case "scheduleAhead":
      return [
        "warning",
        event.schedule,
        `it stands at ${event.place}, and fires nothing before: was the clock wrong then, or is it now? ` +
          `\`mycroft schedule resume ${event.schedule} --catch-up none\` sets it right.`,
      ];
    case "dataLoaded":
      return ["data", `${printable(event.source)} up to ${event.lastDate}`, event.hash.slice(0, 12)];
    case "attempt": {
      const { runId, task, target, tookMs, error } = event;
      const took = `in ${durationText(tookMs)}`;
      const what = task === target ? task : `${task} (${target})`;
      return error === null
        ? ["did", runId, printable(what), took]
        : ["failed", runId, printable(what), `${took}: ${errorText(error)}`];
    }
    case "shards":
      return ["shards", `It advances the runs of ${event.held} of ${counted(event.of, "shard")}.`];
    case "schedules":
      return ["schedules", schedulesText(event.isFiring, event.schedules)];
    case "backfill":
      return ["backfill", event.backfill.id, `${event.backfill.status}: ${backfillText(event.backfill)}`];
    case "asked":
      return ["asked", commandOf[event.operation] ?? event.operation, printable(event.about)];
    case "warning":
      return ["warning", `${errorText(event.error)}${event.isRetried ? " Trying again ..." : ""}`];
    case "reopening":
      return ["reopening", "The store has failed: it is closed, and opened anew."];
    case "stopping": {
      const { inHand, graceMs } = event;
      const first =
        inHand === 0
          ? "Nothing is in hand."
          : `Finishing ${stepsText(inHand)}, for ${durationText(graceMs)} at most.`;
      return ["stopping", `${first} Once more stops at once.`];
    }
    case "stopped":
      return [
        "stopped",
        event.inHand === 0 ? "" : `${stepsText(event.inHand)} given up; the next process does them again.`,
      ];
  }
}

function schedulesText(isFiring: boolean, schedules: readonly string[]): string {
  if (!isFiring) return "Another orchestrator takes schedules and backfills over.";
  const names = schedules.length === 0 ? "none in the project" : schedules.join(", ");
  return `It fires the schedules (${names}) and goes on with backfills.`;
}

function originText(origin: RunOrigin): string {
  switch (origin.kind) {
    case "schedule":
      return `by schedule ${origin.schedule}${origin.scheduledAt === null ? ", out of turn" : `, due ${origin.scheduledAt}`}`;
    case "backfill":
      return `by backfill ${origin.backfill}`;
    case "fork":
      return `from run ${origin.of}`;
    case "request":
      return "";
  }
}

function waitsText(waits: readonly RunWait[], options: Invocation["options"]): string {
  const texts = waits.slice(0, shownWaits).map((wait) => {
    const command = answerTo(wait, options);
    return command === null ? waitText(wait) : `${waitText(wait)}: ${command}`;
  });
  const more = waits.length - shownWaits;
  return [...texts, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function stepsText(count: number): string {
  return count === 1 ? "1 attempt" : `${count} attempts`;
}

function errorText({ code, message }: ErrorFacts): string {
  return `${code} ${shortened(message, shownCharacters)}`;
}

function factsOf(error: ErrorFacts | null) {
  return error === null ? null : { code: error.code, message: error.message };
}

function tagged(tags: readonly string[], prefix: string): string | null {
  return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length) ?? null;
}
