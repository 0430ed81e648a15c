/** What one attempt has written to its log; where there is nothing, why not, and how to write to it. */
import type { AttemptDetail, TaskDetail } from "@mycroft/protocol";
import { Badge } from "../../design/badge.tsx";
import { formatPlural } from "../../design/format.ts";
import type { LogLevel } from "./log-levels.ts";
import { weighs } from "./log-levels.ts";
import { LogLines } from "./log-lines.tsx";

interface AttemptLogProps {
  readonly attempt: AttemptDetail;
  readonly target: TaskDetail["target"];
  readonly level: LogLevel;
}

export function AttemptLog({ attempt, target, level }: AttemptLogProps) {
  const { log, startedAt, queuedAt } = attempt;
  // Policies and child runs have no log of their own.
  if (log === null && target?.kind !== "agent" && target?.kind !== "function") return null;
  return (
    <div>
      <h4 className="section-title">Log</h4>
      {log === null ? (
        <NoLog attempt={attempt} />
      ) : (
        <>
          <LogLines lines={log.lines} since={startedAt ?? queuedAt} level={level} leftOut={log.leftOut} />
          <Hidden count={log.lines.filter((line) => !weighs(line.level, level)).length} />
        </>
      )}
    </div>
  );
}

function Hidden({ count }: { readonly count: number }) {
  return count === 0 ? null : <p className="quiet">{formatPlural(count, "line")} of less weight</p>;
}

function NoLog({ attempt: { outcome, isCached } }: { readonly attempt: AttemptDetail }) {
  if (outcome === "underWay") {
    return <p className="log-none">What it writes is on record when it has ended.</p>;
  }
  if (outcome === "cancelled") {
    return <p className="log-none">It was cancelled: what it wrote is not on record.</p>;
  }
  if (isCached) return <p className="log-none">Nobody was asked: the answer came from the cache.</p>;
  return (
    <p className="log-none">
      It wrote nothing. Agents and functions write with <code>context.log.info(&quot;...&quot;)</code>.
    </p>
  );
}

/** For where the log itself is folded away: whether there is something in it to look for. */
export function LogAlarms({ log }: Pick<AttemptDetail, "log">) {
  const count = (level: LogLevel) => log?.lines.filter((line) => line.level === level).length ?? 0;
  const errors = count("error");
  const warnings = count("warn");
  return (
    <>
      {errors > 0 && <Badge tone="bad">{formatPlural(errors, "error")} in its log</Badge>}
      {warnings > 0 && <Badge tone="warn">{formatPlural(warnings, "warning")}</Badge>}
    </>
  );
}
