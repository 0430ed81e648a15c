/** What a process that works on runs says to whoever watches it: each when it has been told so itself, or has seen it. */
import { writeSync } from "node:fs";
import type { RunUpdate } from "@mycroft/runtime";

export type Announcement =
  /** It is loaded, and waits to be told what to do. */
  | { readonly type: "ready" }
  /** The store is open. */
  | { readonly type: "open" }
  /** A run was started, or is there already. */
  | { readonly type: "start"; readonly runId: string }
  | { readonly type: "signal"; readonly runId: string; readonly id: string }
  | { readonly type: "verdict"; readonly runId: string; readonly task: string }
  | { readonly type: "cancel"; readonly runId: string; readonly task: string | null }
  /** The bus tells of events. */
  | { readonly type: "update"; readonly update: RunUpdate }
  /** An attempt begins. */
  | { readonly type: "attempt"; readonly runId: string; readonly task: string; readonly attempt: number }
  /** A run has settled. */
  | { readonly type: "end"; readonly runId: string; readonly status: string }
  /** Something failed that nobody waits for. */
  | { readonly type: "failure"; readonly code: string; readonly message: string }
  /** What a start of a run was refused with. */
  | { readonly type: "refusal"; readonly code: string }
  /** Everything has settled: how many slots are in use, and how many attempts wait for one. */
  | { readonly type: "idle"; readonly inUse: number; readonly waiting: number }
  /** It ends because it was told to. */
  | { readonly type: "closed" };

export type Announce = (announcement: Announcement) => void;

/** A line each, written before it goes on: a process that is killed right after it has still said it. */
export const announceToParent: Announce = (announcement) => {
  writeSync(1, `${JSON.stringify(announcement)}\n`);
};
