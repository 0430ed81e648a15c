/** Moments: how long ago, and exactly when. What is shown goes on by itself. */
import { useSyncExternalStore } from "react";
import { formatDuration, formatRelative } from "./format.ts";

const exactFormat = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

interface TimeProps {
  /** Milliseconds since the epoch, or ISO 8601. */
  readonly at: number | string;
  /** `relative` has the exact moment as its title; `exact` is the moment itself. */
  readonly as?: "relative" | "exact";
}

export function Time({ at, as = "relative" }: TimeProps) {
  const now = useNow(15_000);
  const ms = typeof at === "string" ? Date.parse(at) : at;
  if (!Number.isFinite(ms)) return <span>{String(at)}</span>;
  const exact = exactFormat.format(ms);
  return (
    <time dateTime={new Date(ms).toISOString()} title={exact}>
      {as === "exact" ? exact : formatRelative(ms, now)}
    </time>
  );
}

/** From one moment to another, or to now while the other is still to come. */
export function Duration({
  from,
  to,
}: {
  readonly from: number | string;
  readonly to: number | string | null;
}) {
  const now = useNow(to === null ? 1_000 : null);
  const start = typeof from === "string" ? Date.parse(from) : from;
  const end = to === null ? now : typeof to === "string" ? Date.parse(to) : to;
  return <span className="number">{formatDuration(Math.max(0, end - start))}</span>;
}

/** The time by the clock of this machine, renewed every `everyMs`; null: never. */
export function useNow(everyMs: number | null): number {
  return useSyncExternalStore(
    (listener) => {
      if (everyMs === null) return () => undefined;
      const timer = setInterval(listener, everyMs);
      return () => clearInterval(timer);
    },
    // Rounded, so that it stays the same from one tick to the next.
    () => (everyMs === null ? 0 : Math.floor(Date.now() / everyMs) * everyMs + everyMs),
  );
}
