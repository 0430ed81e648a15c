/** A run as it goes on: its state from the stream of its frames, resumed after every break, ended when the run is. */
import type { RunFrame } from "@mycroft/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { addressOf } from "./call-api.ts";
import { openEventStream, type StreamState } from "./event-stream.ts";
import { queryKey } from "./query-client.ts";
import { mergeFrame, type RunState } from "./run-state.ts";

export interface RunStream {
  /** Null until the first frame. */
  readonly state: RunState | null;
  /** `closed` when the run has ended and everything of it is known. */
  readonly connection: StreamState;
}

interface Followed extends RunStream {
  readonly runId: string | null;
}

/** @param runId null: nothing is followed. */
export function useRunStream(runId: string | null): RunStream {
  const client = useQueryClient();
  const [followed, setFollowed] = useState<Followed>({ runId, state: null, connection: "connecting" });

  useEffect(() => {
    if (runId === null) return;
    setFollowed({ runId, state: null, connection: "connecting" });
    const stream = openEventStream({
      address: addressOf("streamRun", { params: { runId } }),
      events: ["frame"],
      onEvent: (_, data) => {
        const frame = JSON.parse(data) as RunFrame;
        setFollowed((before) => ({ ...before, state: mergeFrame(before.state, frame) }));
        if (!frame.isSettled) return;
        stream.close();
        void client.invalidateQueries({ queryKey: queryKey("getRun", { params: { runId } }) });
      },
      onState: (connection) => setFollowed((before) => ({ ...before, connection })),
    });
    return () => stream.close();
  }, [runId, client]);

  return followed.runId === runId ? followed : { state: null, connection: "connecting" };
}
