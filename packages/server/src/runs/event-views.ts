/** Events in a few words each. */
import type { RunEvent } from "@mycroft/engine";
import { apiLimits, type RunEventView } from "@mycroft/protocol";
import { counted, cut } from "@mycroft/record/text";

export function eventView(event: RunEvent, seq: number): RunEventView {
  return {
    seq,
    at: event.at,
    type: event.type,
    task: "task" in event ? (event.task ?? null) : null,
    attempt: "attempt" in event ? event.attempt : null,
    summary: cut(summaryOf(event), apiLimits.shownText),
  };
}

function summaryOf(event: RunEvent): string {
  switch (event.type) {
    case "outcomesCarried":
      return `${counted(event.outcomes.length, "outcome")} of the run that it began from`;
    case "runStarted":
      return "";
    case "attemptSucceeded":
      return event.report === undefined
        ? ""
        : `by ${event.report.worker}${event.report.cached === true ? ", from an equal request" : ""}`;
    case "attemptFailed":
      return `${event.error.code}: ${event.error.message}`;
    case "timerFired":
      return event.timer;
    case "signalReceived":
      return event.key === undefined ? event.signal : `${event.signal}, key ${event.key}`;
    case "approvalDecided":
      return `${event.verdict} by ${event.by}${event.comment === undefined ? "" : `: ${event.comment}`}`;
    case "cancelRequested":
      return event.reason;
  }
}
