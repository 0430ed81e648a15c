/**
 * The one stream of all updates, and what follows from each: which answers are no longer true. A busy server sends many, so
 * they are gathered for a moment; what is shown is asked for anew at most about twice a second.
 */
import type { LiveUpdate } from "@mycroft/protocol";
import type { QueryClient } from "@tanstack/react-query";
import { addressOf } from "./call-api.ts";
import { openEventStream, type StreamState } from "./event-stream.ts";
import { queryKey } from "./query-client.ts";
import type { QueryName } from "./routes.ts";

const gatherMs = 400;

/** True of the record as a whole: any update may change them. */
const ofAllRuns: readonly QueryName[] = [
  "listRuns",
  "listWaits",
  "listWorkflows",
  "getGrid",
  "listBackfills",
];
/** Change when a task has been done. */
const ofWork: readonly QueryName[] = ["latestDecisions", "listDecisions", "listOpinions", "listPools"];
/** Change when a run ends. */
const ofSettledRuns: readonly QueryName[] = ["listAgents", "getAgent", "getWorkflow", "listSchedules"];

export interface LiveUpdates {
  readonly state: StreamState;
}

let current: LiveUpdates = { state: "connecting" };
const listeners = new Set<() => void>();
const followers = new Set<(update: LiveUpdate) => void>();

export function readLiveUpdates(): LiveUpdates {
  return current;
}

export function onLiveUpdatesState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls back on every update of every run; returns how to stop. */
export function followUpdates(follower: (update: LiveUpdate) => void): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

/** Follows the updates until the function that it returns is called. */
export function startLiveUpdates(client: QueryClient): () => void {
  let gathered: LiveUpdate[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let wasLost = false;

  const flush = (): void => {
    timer = null;
    const updates = gathered;
    gathered = [];
    for (const key of staleKeys(updates)) void client.invalidateQueries({ queryKey: key });
  };
  const onUpdate = (update: LiveUpdate): void => {
    gathered.push(update);
    timer ??= setTimeout(flush, gatherMs);
    for (const follower of followers) follower(update);
  };
  const stream = openEventStream({
    address: addressOf("streamUpdates", {}),
    events: ["hello", "update", "reset"],
    onEvent: (event, data) => {
      if (event === "reset") void client.invalidateQueries();
      else if (event === "update") onUpdate(JSON.parse(data) as LiveUpdate);
    },
    onState: (state) => {
      // A refused question is not asked again by itself: a server that is back is asked everything that failed.
      if (state === "live" && wasLost) {
        void client.refetchQueries({ predicate: (query) => query.state.status === "error" });
      }
      wasLost = state === "reconnecting" || state === "refused" || (wasLost && state === "connecting");
      tellState(state);
    },
  });
  return () => {
    if (timer !== null) clearTimeout(timer);
    stream.close();
  };
}

function tellState(state: StreamState): void {
  current = { state };
  for (const listener of listeners) listener();
}

/** The keys of the answers that these updates may have changed. */
export function staleKeys(updates: readonly LiveUpdate[]): readonly (readonly unknown[])[] {
  const isSettled = updates.some(({ status }) => status !== "running");
  const isWork = isSettled || updates.some(({ types }) => types.some((type) => !type.startsWith("attempt")));
  const runs = new Set(updates.flatMap(({ runId, rootRunId }) => [runId, rootRunId]));
  const names = [...ofAllRuns, ...(isWork ? ofWork : []), ...(isSettled ? ofSettledRuns : [])];
  return [
    ...names.map((name) => queryKey(name)),
    ...Array.from(runs).flatMap((runId) => [
      queryKey("getRun", { params: { runId } }),
      queryKey("listRunDecisions", { params: { runId } }),
    ]),
  ];
}
