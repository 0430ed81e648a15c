/** A simulation's world and its faults, as data: what a seed decides, what can be cut down, and what can be pinned. */
import type { JsonValue, WorkflowDefinition } from "@mycroft/engine";
import type { DispatchSettings } from "../dispatch/dispatch-settings.ts";
import type { CatchUp, Overlap } from "../scheduler/schedule-definition.ts";

/** When every simulation begins, in milliseconds since the epoch. */
export const startAt = Date.UTC(2010, 1, 26);

/** Times (`atMs`) are milliseconds after that. */
export interface Scenario {
  /** Decides what agents and people do, and when the queue, the disk and liars strike. */
  readonly seed: number;
  /** Those that others run as child runs come before these. */
  readonly workflows: readonly ScenarioWorkflow[];
  readonly runs: readonly ScenarioRun[];
  /** How many workers each pool has in each process, and how many attempts each has in hand at once. */
  readonly workers: number;
  readonly concurrency: number;
  readonly dispatch: DispatchSettings;
  /** The processes that die, one after the other; the one after them is left alone. */
  readonly lives: readonly ScenarioLife[];
  readonly cancels: readonly ScenarioCancel[];
  readonly forks: readonly ScenarioFork[];
  /** Signals that are sent whether anybody waits for them or not. */
  readonly letters: readonly ScenarioLetter[];
  /** Requests that are wrong. */
  readonly intrusions: readonly { readonly kind: Intrusion; readonly atMs: number }[];
  readonly schedule: ScenarioSchedule | null;
  readonly backfill: ScenarioBackfill | null;
  /** Workers that stand still for a while; null for the rest of their process's life. */
  readonly freezes: readonly ScenarioFreeze[];
  /** Jumps of the processes' clock. */
  readonly jumps: readonly { readonly atMs: number; readonly byMs: number }[];
  /** When the store has no room. */
  readonly full: readonly { readonly atMs: number; readonly forMs: number }[];
  readonly slowestCommitMs: number;
  readonly slowestReadMs: number;
  readonly queue: QueueFaults;
  /** The probability that the bus refuses a message. */
  readonly busRefusal: number;
  /** The probability that a result under an old token follows a claim or report. */
  readonly lies: number;
  /** Several processes over a shared store, in place of one after the other. */
  readonly cluster?: ScenarioCluster;
}

/**
 * The processes sit on seats: `orchestrator 1`, `worker 1`, `client` and so on. When one ends, another one comes to its seat,
 * under another name.
 */
export interface ScenarioCluster {
  readonly orchestrators: number;
  readonly workers: number;
  readonly pollMs: number;
  readonly reviewMs: number;
  /** How processes end, of each seat one after the other; the one after them is left alone. */
  readonly ends: readonly ClusterEnd[];
  /** Processes that stand still, and wake up again. */
  readonly freezes: readonly { readonly seat: string; readonly atMs: number; readonly forMs: number }[];
  /** When the way between a process and a server is cut. */
  readonly cuts: readonly ClusterCut[];
  /** When the queue loses all that it holds. */
  readonly wipes: readonly { readonly atMs: number }[];
  /** Jumps of the clocks of seats' machines; at 0 they are what the clock is wrong by from the beginning. */
  readonly skews: readonly { readonly seat: string; readonly atMs: number; readonly byMs: number }[];
  /** When the next version of the workflows is deployed. */
  readonly deploys: readonly { readonly atMs: number }[];
  /** The probability that the connection is lost during a call: before it has an effect, after it, or long before it. */
  readonly callLoss: number;
  /** The probability that news do not get to a process. */
  readonly newsLoss: number;
  /** What a call and its answer take at most, each. */
  readonly slowestMs: number;
  /** From then on nothing more befalls anybody. */
  readonly quietFromMs: number;
}

export interface ClusterEnd {
  readonly seat: string;
  /** It is killed when it has had so many occasions (see `ScenarioLife`); or it is told to leave after so many milliseconds. */
  readonly kind: "killed" | "leaves";
  readonly after: number;
  readonly downMs: number;
}

export interface ClusterCut {
  readonly seat: string;
  readonly from: "store" | "queue";
  readonly atMs: number;
  readonly forMs: number;
}

export interface ScenarioWorkflow {
  readonly name: string;
  /** What is deployed at first, and what later deploys change it to. */
  readonly versions: readonly [WorkflowDefinition, ...WorkflowDefinition[]];
}

export interface ScenarioRun {
  /** Its id, if all goes well. */
  readonly name: string;
  readonly workflow: string;
  readonly input: JsonValue;
  readonly atMs: number;
  /** How often its start is asked for under one key; 0 when it has no key. */
  readonly keyed: number;
}

export interface ScenarioLife {
  /** When it dies: each effect on the world gives two occasions, before it and after it. */
  readonly occasions: number;
  /** From when on they are counted: its start, or the first time that somebody asks for something but a start. */
  readonly since: "start" | "request";
  /** How long nobody is there afterwards. */
  readonly downMs: number;
  /** Whether the queue loses all it holds with it. */
  readonly wipesQueue: boolean;
  /** Whether the next process has the next version of the workflows. */
  readonly deploys: boolean;
}

export interface ScenarioCancel {
  readonly run: string;
  /** A task or a child run is the `pick`-th of those that there are by then. */
  readonly what: "run" | "task" | "child";
  readonly pick: number;
  /** It is asked for at that time, and not before the run has that many events. */
  readonly atMs: number;
  readonly events: number;
}

/** When the run has settled, another one begins with what it has done. */
export interface ScenarioFork {
  readonly run: string;
  /** Names the fork. */
  readonly number: number;
  readonly kind: "fork" | "retry";
  /** A fork does the `pick`-th of its tasks again. */
  readonly pick: number;
  /** Another input; null for the same. */
  readonly input: JsonValue;
  readonly afterMs: number;
}

export interface ScenarioLetter {
  readonly run: string;
  readonly signal: string;
  readonly key: string | null;
  readonly atMs: number;
}

export const intrusions = [
  "unknownRun",
  "unknownTask",
  "unknownSignal",
  "nobody",
  "oversized",
  "unknownPool",
] as const;
export type Intrusion = (typeof intrusions)[number];

export interface ScenarioSchedule {
  readonly workflow: string;
  /** It fires every so many minutes, so many times; the first time is `atMs`, a whole minute. */
  readonly everyMinutes: number;
  readonly firings: number;
  readonly atMs: number;
  readonly catchUp: CatchUp;
  readonly overlap: Overlap;
  readonly pauses: readonly { readonly atMs: number; readonly forMs: number }[];
}

export interface ScenarioBackfill {
  readonly workflow: string;
  /** How many days before that of the start it begins, and how many days it has. */
  readonly daysAgo: number;
  readonly days: number;
  readonly concurrency: number;
  readonly newestFirst: boolean;
  readonly atMs: number;
  readonly cancelAtMs: number | null;
}

export interface ScenarioFreeze {
  readonly worker: number;
  /** It happens when the worker has begun that many executions, in whatever process and pool. */
  readonly executions: number;
  readonly forMs: number | null;
}

export interface QueueFaults {
  /** The probability that a published message is never delivered. */
  readonly loss: number;
  /** The probability that it is delivered twice. */
  readonly repetition: number;
  /** The probability that a publication is refused. */
  readonly refusal: number;
  readonly slowestMs: number;
}
