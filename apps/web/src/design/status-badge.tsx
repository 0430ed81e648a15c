/** The status of a run or a task: its word, its mark, its colour. */
import type { RunSummary, TaskStatusName } from "@mycroft/protocol";
import { Badge, type Tone } from "./badge.tsx";
import type { IconName } from "./icon.tsx";

export type StatusName = TaskStatusName | RunSummary["status"];

export interface StatusLook {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

const looks: Readonly<Record<StatusName, StatusLook>> = {
  waiting: { word: "waiting", icon: "circle", tone: "neutral" },
  running: { word: "running", icon: "half", tone: "busy" },
  retrying: { word: "retrying", icon: "retry", tone: "warn" },
  expanded: { word: "expanded", icon: "layers", tone: "busy" },
  sleeping: { word: "sleeping", icon: "moon", tone: "wait" },
  waitingForSignal: { word: "awaits a signal", icon: "flag", tone: "wait" },
  waitingForApproval: { word: "awaits approval", icon: "hand", tone: "warn" },
  succeeded: { word: "succeeded", icon: "check", tone: "good" },
  failed: { word: "failed", icon: "cross", tone: "bad" },
  skipped: { word: "skipped", icon: "skip", tone: "neutral" },
  cancelled: { word: "cancelled", icon: "ban", tone: "neutral" },
};

export function lookOf(status: StatusName): StatusLook {
  return looks[status];
}

export function StatusBadge({ status }: { readonly status: StatusName }) {
  const { word, icon, tone } = lookOf(status);
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
