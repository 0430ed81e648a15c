/** What the attempts of a run have written to their logs, as one log: taken in as they end, put in order when somebody reads it. */
import type { AttemptLog, LogLevel, LogLine } from "@mycroft/engine";

/** From the least weighty on. */
export const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

export interface RunLogLine extends LogLine {
  readonly task: string;
  readonly attempt: number;
}

export interface LogReading {
  /** By time; those of one attempt in their order, also where its clock was set back meanwhile. */
  readonly lines: readonly RunLogLine[];
  /** How many lines the attempts had no room for. */
  readonly leftOut: number;
}

interface Placed {
  /** The latest time of the attempt's lines up to this one. */
  readonly after: number;
  readonly line: RunLogLine;
}

interface Taken {
  readonly task: string;
  readonly attempt: number;
  readonly log: AttemptLog;
}

export class RunLog {
  #taken: Taken[] = [];
  readonly #placed: Placed[] = [];
  readonly #leftOut = new Map<string, number>();

  /** The log of an attempt that has ended. */
  take(task: string, attempt: number, log: AttemptLog): void {
    this.#taken.push({ task, attempt, log });
  }

  /**
   * @param level lines of less weight are passed over.
   * @param task of one task only; of all unless given.
   */
  read(level: LogLevel, task?: string): LogReading {
    this.#place();
    const least = logLevels.indexOf(level);
    const lines: RunLogLine[] = [];
    for (const { line } of this.#placed) {
      const isAskedFor = task === undefined || line.task === task;
      if (isAskedFor && logLevels.indexOf(line.level) >= least) lines.push(line);
    }
    return { lines, leftOut: this.#leftOutOf(task) };
  }

  /** Two stretches that are each in order are merged quickly: a run that goes on costs each reader only what is new. */
  #place(): void {
    if (this.#taken.length === 0) return;
    const added = this.#taken.flatMap(placedLines).sort(byTime);
    for (const placed of added) this.#placed.push(placed);
    this.#placed.sort(byTime);
    for (const { task, log } of this.#taken) {
      const count = log.leftOut?.count ?? 0;
      if (count > 0) this.#leftOut.set(task, (this.#leftOut.get(task) ?? 0) + count);
    }
    this.#taken = [];
  }

  #leftOutOf(task: string | undefined): number {
    if (task !== undefined) return this.#leftOut.get(task) ?? 0;
    let sum = 0;
    for (const count of this.#leftOut.values()) sum += count;
    return sum;
  }
}

function placedLines({ task, attempt, log }: Taken): readonly Placed[] {
  let after = Number.NEGATIVE_INFINITY;
  return log.lines.map((line) => {
    after = Math.max(after, line.at);
    return { after, line: { task, attempt, ...line } };
  });
}

/** Sorting is stable, so what came in the same millisecond stays in its order. */
function byTime(left: Placed, right: Placed): number {
  return left.after - right.after;
}
