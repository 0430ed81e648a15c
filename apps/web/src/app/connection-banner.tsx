/** Whether what is shown is live, always in sight: a small mark while it is, a banner while it is not. */
import { useQueryClient } from "@tanstack/react-query";
import type { StreamState } from "../api/event-stream.ts";
import { useConnection } from "../api/use-live-updates.ts";
import { Badge } from "../design/badge.tsx";
import { Button } from "../design/button.tsx";
import { Icon } from "../design/icon.tsx";

export function ConnectionMark() {
  const state = useConnection();
  if (state === "live") {
    return (
      <Badge tone="good" icon="bolt">
        live
      </Badge>
    );
  }
  return (
    <Badge tone={state === "connecting" ? "neutral" : "warn"} icon="clock">
      {words[state]}
    </Badge>
  );
}

const words: Readonly<Record<StreamState, string>> = {
  connecting: "connecting",
  live: "live",
  reconnecting: "reconnecting",
  refused: "offline",
  closed: "offline",
};

export function ConnectionBanner() {
  const state = useConnection();
  const client = useQueryClient();
  const isLost = state === "reconnecting" || state === "refused";
  return (
    <div className="connection-banner" role="status" hidden={!isLost}>
      {isLost && (
        <>
          <Icon name="warning" />
          <span>
            {state === "refused"
              ? "The server does not answer. What is shown may be out of date; it is tried again."
              : "The connection was lost. It is being restored, and nothing of what happens meanwhile is missed."}
          </span>
          <Button size="small" onClick={() => void client.invalidateQueries()}>
            Ask again now
          </Button>
        </>
      )}
    </div>
  );
}
