/**
 * All that the page of a run shows: the run asked once and then kept true by its stream of frames. The whole is asked anew only
 * when something has changed that frames do not tell: what it waits for, what it has decided, how it ended.
 */
import type { RunDetail, RunSummary, TaskSummary } from "@mycroft/protocol";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { ApiProblem } from "../../api/api-problem.ts";
import { callApi } from "../../api/call-api.ts";
import type { StreamState } from "../../api/event-stream.ts";
import type { RunState } from "../../api/run-state.ts";
import { useUpdates } from "../../api/use-live-updates.ts";
import { useRunStream } from "../../api/use-run-stream.ts";
import { useSpaced } from "../../api/use-spaced.ts";
import { TaskBoard } from "../../graph/task-board.ts";

export interface RunView {
  readonly detail: RunDetail;
  readonly run: RunSummary;
  readonly counts: Readonly<Record<string, number>>;
  readonly board: TaskBoard;
  /** Null when the run is not followed: it has ended. */
  readonly stream: RunState | null;
  readonly connection: StreamState;
  readonly renew: () => void;
}

/** Not the key of `getRun`: every update of the run would ask for all its tasks again. */
export function runPageKey(idOrBeginning: string): readonly string[] {
  return ["runPage", idOrBeginning];
}

export function useRunView(idOrBeginning: string): {
  readonly view: RunView | null;
  readonly error: ApiProblem | null;
  readonly retry: () => void;
} {
  const query = useQuery<RunDetail, ApiProblem>({
    queryKey: runPageKey(idOrBeginning),
    queryFn: ({ signal }) => callApi("getRun", { params: { runId: idOrBeginning } }, { signal }),
    staleTime: 5_000,
    refetchOnWindowFocus: true,
  });
  const detail = query.data ?? null;
  const runId = detail?.run.runId ?? null;
  const isFollowed = detail !== null && detail.run.status === "running";
  const { state: stream, connection } = useRunStream(isFollowed ? runId : null);
  const { refetch } = query;
  const renew = useSpaced(useCallback(() => void refetch(), [refetch]));

  const board = useMemo(() => {
    void runId;
    return new TaskBoard((flush) => requestAnimationFrame(flush));
  }, [runId]);
  const tasks: Iterable<TaskSummary> | null = stream?.tasks.values() ?? detail?.tasks ?? null;
  const source = stream?.tasks ?? detail?.tasks ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `tasks` walks through `source`, anew on each drawing.
  useEffect(() => {
    if (tasks !== null) board.apply([...tasks]);
  }, [board, source]);

  const outside = outsideOf(stream);
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (before.current !== null && outside !== null && before.current !== outside) renew();
    before.current = outside;
  }, [outside, renew]);
  useUpdates((update) => {
    if (runId === null || update.rootRunId !== runId) return;
    // Of a child: it may wait for a person, which is asked here. Of this run, when no stream tells of it: that it goes on.
    if (update.runId !== runId || !isFollowed) renew();
  });

  const view = useMemo<RunView | null>(() => {
    if (detail === null) return null;
    return {
      detail,
      run: stream?.run ?? detail.run,
      counts: stream?.counts ?? detail.counts,
      board,
      stream,
      connection,
      renew,
    };
  }, [detail, stream, board, connection, renew]);
  return { view, error: query.error, retry: () => void refetch() };
}

/** What a frame hints at but does not tell: waits, decisions, the end. Another text when any of it may have changed. */
function outsideOf(stream: RunState | null): string | null {
  if (stream === null) return null;
  const { counts, isSettled } = stream;
  let resolved = 0;
  for (const { kind, status } of stream.tasks.values())
    if (kind === "resolve" && status === "succeeded") resolved++;
  const waits = ["waitingForApproval", "waitingForSignal", "sleeping"].map((status) => counts[status] ?? 0);
  return [isSettled, resolved, ...waits].join(" ");
}
