/**
 * What a batch of appends comes to (P2), worked out from the heads of its runs: which appends are conflicts, and what
 * there is to write for the others, each run once. Pure: whether the heads are right is checked as the rows are written.
 */
import type { RunStatus } from "@mycroft/engine";
import type { AppendOutcome, NewRun, SharedAppend } from "@mycroft/runtime";
import type { RunOutbox } from "./outbox-parts.ts";
import type { RunHead } from "./run-heads.ts";

/** An append with its events' JSON. */
export interface AppendTexts {
  readonly append: SharedAppend;
  readonly texts: readonly string[];
}

export interface NewEvent {
  readonly runNo: string;
  readonly seq: number;
  readonly text: string;
}

/** A run that the batch changes. */
export interface ChangedRun {
  readonly runId: string;
  /** The run itself, when the batch creates it. */
  readonly create: NewRun | null;
  /** Before the batch; 0 for a new run. */
  readonly fromSeq: number;
  readonly settle: NonNullable<SharedAppend["settle"]> | null;
  /** After the batch. */
  readonly head: RunHead;
}

export interface WorkedOut {
  readonly outcomes: readonly AppendOutcome[];
  readonly runs: readonly ChangedRun[];
  readonly events: readonly NewEvent[];
  /** Of the appends that are stored. */
  readonly outboxes: readonly RunOutbox[];
}

export interface KnownRuns {
  readonly headOf: (runId: string) => RunHead | undefined;
  readonly hasStartKey: (startKey: string) => boolean;
  readonly hasLetter: (id: string) => boolean;
  /** A number that no run has. */
  readonly newRunNo: () => string;
}

export function workOutBatch(batch: readonly AppendTexts[], known: KnownRuns): WorkedOut {
  const changed = new Map<string, ChangedRun>();
  const newKeys = new Set<string>();
  const taken = new Set<string>();
  const outboxes: RunOutbox[] = [];
  const events: NewEvent[] = [];
  const outcomes = batch.map(({ append, texts }): AppendOutcome => {
    const before = changed.get(append.runId) ?? unchanged(append.runId, known);
    const run = append.create === undefined ? before : created(append.create, before, newKeys, known);
    if (run === undefined || run.head.nextSeq !== append.fromSeq) return "conflict";
    if (append.settle !== undefined && run.head.isSettled) return "conflict";
    const letters = append.outbox?.lettersTaken ?? [];
    if (letters.some((id) => taken.has(id) || !known.hasLetter(id))) return "conflict";
    for (const id of letters) taken.add(id);
    if (append.outbox !== undefined) outboxes.push({ runId: append.runId, change: append.outbox });
    if (typeof append.create?.startKey === "string") newKeys.add(append.create.startKey);
    const { runNo } = run.head;
    for (const [index, text] of texts.entries()) events.push({ runNo, seq: append.fromSeq + index, text });
    changed.set(append.runId, continued(run, texts.length, append.settle));
    return "stored";
  });
  return { outcomes, runs: [...changed.values()], events, outboxes };
}

function unchanged(runId: string, known: KnownRuns): ChangedRun | undefined {
  const head = known.headOf(runId);
  return head === undefined ? undefined : { runId, create: null, fromSeq: head.nextSeq, settle: null, head };
}

function created(
  create: NewRun,
  before: ChangedRun | undefined,
  newKeys: ReadonlySet<string>,
  { hasStartKey, newRunNo }: KnownRuns,
): ChangedRun | undefined {
  const { runId, startKey, tags } = create;
  if (before !== undefined) return undefined;
  if (startKey !== null && (newKeys.has(startKey) || hasStartKey(startKey))) return undefined;
  const head = { runNo: newRunNo(), nextSeq: 0, isSettled: false, tags };
  return { runId, create, fromSeq: 0, settle: null, head };
}

function continued(run: ChangedRun, events: number, settle: SharedAppend["settle"]): ChangedRun {
  const { head } = run;
  const nextSeq = head.nextSeq + events;
  return settle === undefined
    ? { ...run, head: { ...head, nextSeq } }
    : { ...run, head: { ...head, nextSeq, isSettled: true }, settle };
}

/** The status of a run after the batch; null when the batch leaves it as it is. */
export function newStatusOf({ create, settle }: ChangedRun): RunStatus | null {
  return settle?.status ?? (create === null ? null : "running");
}
