/** The stream of updates and its state, as components see them. */
import type { LiveUpdate } from "@mycroft/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { StreamState } from "./event-stream.ts";
import { followUpdates, onLiveUpdatesState, readLiveUpdates, startLiveUpdates } from "./live-updates.ts";

/** Keeps all answers true for as long as the component that calls it is shown: the shell, once. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => startLiveUpdates(client), [client]);
}

export function useConnection(): StreamState {
  return useSyncExternalStore(onLiveUpdatesState, () => readLiveUpdates().state);
}

/** Calls back on every update; the newest `onUpdate` is used. */
export function useUpdates(onUpdate: (update: LiveUpdate) => void): void {
  const handle = useEffectEvent(onUpdate);
  useEffect(() => followUpdates((update) => handle(update)), []);
}
