/** What the attempts of a run have written to their logs, as one log. */
import type { LogLevel, LogLine } from "@mycroft/engine";
import type { TaskStory } from "./run-timeline.ts";

/** From the least weighty on. */
export const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

export interface RunLogLine extends LogLine {
  readonly task: string;
  readonly attempt: number;
}

export interface RunLog {
  /** By time; those of one attempt in their order. */
  readonly lines: readonly RunLogLine[];
  /** How many lines the attempts had no room for. */
  readonly leftOut: number;
}

/**
 * @param level lines of less weight are passed over.
 * @param task of one task only; of all unless given.
 */
export function readRunLog(tasks: readonly TaskStory[], level: LogLevel, task?: string): RunLog {
  const least = logLevels.indexOf(level);
  const lines: RunLogLine[] = [];
  let leftOut = 0;
  for (const { id, attempts } of tasks) {
    if (task !== undefined && id !== task) continue;
    for (const { attempt, log } of attempts) {
      leftOut += log?.leftOut?.count ?? 0;
      for (const line of log?.lines ?? []) {
        if (logLevels.indexOf(line.level) >= least) lines.push({ task: id, attempt, ...line });
      }
    }
  }
  // Sorting is stable, so what came in the same millisecond stays in its order.
  return { lines: lines.sort((left, right) => left.at - right.at), leftOut };
}
