/** What a process that works on the mixed runs and whoever watches it say to each other: a line of JSON each. */
import { writeSync } from "node:fs";
import type { RunUpdate, RunUpdateEvent } from "@mycroft/runtime";
import type { FileFault } from "./file-faults.ts";

export interface WorkSettings {
  readonly folder: string;
  /** How many waves of runs there are to be: 1 or more. */
  readonly waves: number;
  /** After how many pages the log is copied into the file, unless it is the store's own way. */
  readonly checkpointPages?: number;
  readonly maxFileBytes?: number;
  /** It kills itself (SIGKILL) when the bus is told of such an event, that many times: nothing follows from the last one. */
  readonly diesAt?: { readonly event: DeadlyEvent; readonly times: number };
  /** Whether a write beyond the limit on the size of files kills it, at that very byte, instead of failing. */
  readonly diesOfLargeFiles?: boolean;
  /** How long attempts in hand may take to end on SIGTERM. */
  readonly graceMs?: number;
}

/** `childEnd`: a child run has settled. */
export type DeadlyEvent = RunUpdateEvent["type"] | "childEnd";

export type WorkCommand =
  /** `maxFileBytes` holds no longer. */
  | { readonly type: "makeRoom" }
  | { readonly type: "break"; readonly file: "database" | "writeAheadLog"; readonly fault: FileFault }
  | { readonly type: "mend" };

/** Each is said when the process has been told so itself, or has seen it. */
export type Announcement =
  /** It is loaded, and waits for its settings. */
  | { readonly type: "ready" }
  /** The store is open. */
  | { readonly type: "open" }
  /** A run was started, or is there already. */
  | { readonly type: "start"; readonly runId: string }
  | { readonly type: "signal"; readonly runId: string; readonly id: string }
  | { readonly type: "verdict"; readonly runId: string; readonly task: string }
  | { readonly type: "cancel"; readonly runId: string; readonly task: string | null }
  /** The bus is told of events. */
  | { readonly type: "update"; readonly update: RunUpdate }
  /** An attempt begins. */
  | { readonly type: "attempt"; readonly runId: string; readonly task: string; readonly attempt: number }
  /** A run has settled. */
  | { readonly type: "end"; readonly runId: string; readonly status: string }
  /** Something failed that nobody waits for. */
  | { readonly type: "failure"; readonly code: string; readonly message: string }
  /** What the start of a run, or another question, was refused with. */
  | { readonly type: "refusal"; readonly code: string }
  /** Everything has settled: how many slots are in use, and how many attempts wait for one. */
  | { readonly type: "idle"; readonly inUse: number; readonly waiting: number }
  /** It has closed everything. */
  | { readonly type: "closed" };

/** Written before it returns: a process that is killed right after it has said it. */
export function announce(announcement: Announcement): void {
  writeSync(1, `${JSON.stringify(announcement)}\n`);
}
