/** That an agent's scores have changed of late, against the others' on the same cases. */
import "./agents.css";
import type { AgentTrack } from "@mycroft/protocol";
import { Badge } from "../../design/badge.tsx";

export function DriftBadge({ drift }: { readonly drift: AgentTrack["drifts"][number] }) {
  return (
    <Badge tone={drift.direction === "worse" ? "bad" : "good"} icon="flag">
      {drift.direction} since {drift.since}
    </Badge>
  );
}
