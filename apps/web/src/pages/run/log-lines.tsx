/** Lines of a log: when, how weighty, and what was said. Long ones are folded, and nothing in them is more than text. */
import "./log-lines.css";
import type { LogLineView } from "@mycroft/protocol";
import type { ReactNode } from "react";
import { Badge, type Tone } from "../../design/badge.tsx";
import { formatDuration, formatPlural } from "../../design/format.ts";
import { JsonView } from "../../design/json-view.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { type LogLevel, weighs } from "./log-levels.ts";

const tones: Readonly<Record<LogLevel, Tone>> = {
  debug: "neutral",
  info: "busy",
  warn: "warn",
  error: "bad",
};

interface LogLinesProps<Line extends LogLineView> {
  readonly lines: readonly Line[];
  /** From when times count. */
  readonly since: number;
  /** Lines that weigh less are not shown. */
  readonly level?: LogLevel;
  /** What stands before a line's words, such as whose it is. */
  readonly before?: (line: Line) => ReactNode;
  /** Lines that are missing before `lines[at]`. */
  readonly leftOut?: { readonly at: number; readonly count: number } | null;
}

export function LogLines<Line extends LogLineView>({
  lines,
  since,
  level = "debug",
  before,
  leftOut = null,
}: LogLinesProps<Line>) {
  const entries = lines.map((line, index) =>
    weighs(line.level, level) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: Lines of a log never change places.
      <LogEntry key={index} line={line} since={since}>
        {before?.(line)}
      </LogEntry>
    ) : null,
  );
  const gap = leftOut !== null && (
    <li key="left-out" className="log-line log-left-out">
      {formatPlural(leftOut.count, "line")} left out: too much for a record
    </li>
  );
  return <ol className="log">{entries.toSpliced(leftOut?.at ?? 0, 0, gap || null)}</ol>;
}

interface LogEntryProps {
  readonly line: LogLineView;
  readonly since: number;
  readonly children: ReactNode;
}

function LogEntry({ line, since, children }: LogEntryProps) {
  return (
    <li className={`log-line log-${line.level}`}>
      <span className="log-time number" title={new Date(line.at).toISOString()}>
        {formatDuration(Math.max(0, line.at - since))}
      </span>
      <Badge tone={tones[line.level]}>{line.level}</Badge>
      <div className="log-words">
        {children}
        <SafeText text={line.message} foldAt={400} />
        {line.fields !== null && <Fields fields={line.fields} />}
      </div>
    </li>
  );
}

const shortField = 60;

function Fields({ fields }: { readonly fields: NonNullable<LogLineView["fields"]> }) {
  const entries = Object.entries(fields);
  const isShort = entries.every(
    ([, value]) => typeof value !== "object" && String(value).length <= shortField,
  );
  if (!isShort || entries.length > 12) return <FoldedFields fields={fields} names={Object.keys(fields)} />;
  return (
    <span className="log-fields mono">
      {entries.map(([name, value]) => (
        <span key={name} className="log-field">
          <span className="log-field-name">
            <SafeText text={name} foldAt={40} />=
          </span>
          <SafeText text={String(value)} foldAt={shortField} />
        </span>
      ))}
    </span>
  );
}

const namesShown = 4;

/** What is long or nested opens when somebody asks for it: a log is read for its words first. */
function FoldedFields({
  fields,
  names,
}: {
  readonly fields: NonNullable<LogLineView["fields"]>;
  readonly names: readonly string[];
}) {
  const rest = names.length - namesShown;
  return (
    <details className="log-more">
      <summary>
        <SafeText text={names.slice(0, namesShown).join(", ")} foldAt={80} />
        {rest > 0 && ` and ${rest} more`}
      </summary>
      <JsonView value={fields} />
    </details>
  );
}
