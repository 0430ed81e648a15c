/** The one stream of all updates, and what follows from each: which answers are no longer true. */
import type { LiveUpdate } from "@mycroft/protocol";
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { addressOf } from "./call-api.ts";
import { openEventStream, type StreamState } from "./event-stream.ts";
import { queryKey } from "./query-client.ts";
import { createRenewer } from "./renewer.ts";
import type { QueryName } from "./routes.ts";

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

const live: ReadonlySet<string> = new Set<QueryName>([
  ...ofAllRuns,
  ...ofWork,
  ...ofSettledRuns,
  "getRun",
  "listRunDecisions",
]);

/** Events after which a task may have an output. */
const endsWork: ReadonlySet<string> = new Set([
  "attemptSucceeded",
  "approvalDecided",
  "signalReceived",
  "outcomesCarried",
]);

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
  const renewer = createRenewer(client);
  let wasLost = false;
  let isFirst = true;
  const stream = openEventStream({
    address: addressOf("streamUpdates", {}),
    events: ["hello", "update", "reset"],
    onEvent: (event, data) => {
      if (event === "reset") void client.invalidateQueries();
      if (event === "hello" && isFirst) {
        isFirst = false;
        // What was asked before anybody listened may have changed before anybody listened.
        renewer.add(liveKeys(client));
      }
      if (event !== "update") return;
      const update = JSON.parse(data) as LiveUpdate;
      renewer.add(staleKeys([update]));
      for (const follower of followers) follower(update);
    },
    onState: (state) => {
      // What failed while the server was away is not asked again by itself.
      if (state === "live" && wasLost) {
        void client.refetchQueries({ predicate: (query) => query.state.status === "error" });
      }
      wasLost = state === "reconnecting" || state === "refused" || (wasLost && state === "connecting");
      tellState(state);
    },
  });
  return () => {
    renewer.close();
    stream.close();
  };
}

function liveKeys(client: QueryClient): readonly QueryKey[] {
  const keys = client
    .getQueryCache()
    .getAll()
    .map(({ queryKey: key }) => key);
  return keys.filter(([name]) => live.has(String(name)));
}

function tellState(state: StreamState): void {
  current = { state };
  for (const listener of listeners) listener();
}

/** The keys of the answers that these updates may have changed. */
export function staleKeys(updates: readonly LiveUpdate[]): readonly (readonly unknown[])[] {
  const isSettled = updates.some(({ status }) => status !== "running");
  const isWork = isSettled || updates.some(({ types }) => types.some((type) => endsWork.has(type)));
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
