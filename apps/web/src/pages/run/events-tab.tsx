/** Every event of the run, as many as there are: pages are asked for where somebody looks, and new ones come by themselves. */
import type { RunEventView } from "@mycroft/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useReducer, useRef, useState } from "react";
import { callApi } from "../../api/call-api.ts";
import { classNames } from "../../design/class-names.ts";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Checkbox } from "../../design/field.tsx";
import { formatDuration, formatPlural } from "../../design/format.ts";
import { plainText } from "../../design/visible-text.ts";
import { type EventLog, emptyLog, extendLog, missingPages } from "./event-log.ts";
import type { Place } from "./use-place.ts";
import type { RunView } from "./use-run-view.ts";

const pageSize = 500;
const rowHeight = 30;

export function EventsTab({ view, place }: { readonly view: RunView; readonly place: Place }) {
  const { runId, events: count, createdAt } = view.run;
  const [follows, setFollows] = useState(view.run.status === "running");
  const { log, error, want, retry } = useEventLog(runId, count, view.stream?.events ?? []);
  return (
    <>
      <div className="event-tools">
        <span className="quiet">
          {formatPlural(log.last + 1, "event")}; the times are since the run began
        </span>
        {view.run.status === "running" && (
          <Checkbox label="Follow the newest" isChecked={follows} onChange={setFollows} />
        )}
      </div>
      {error !== null && <ErrorNotice error={error} title="Some events are missing here" onRetry={retry} />}
      <EventRows
        log={log}
        startedAt={Date.parse(createdAt)}
        follows={follows && view.run.status === "running"}
        selected={place.event}
        onSelect={place.openEvent}
        onShow={want}
      />
    </>
  );
}

interface EventRowsProps {
  readonly log: EventLog;
  readonly startedAt: number;
  readonly follows: boolean;
  readonly selected: number | null;
  readonly onSelect: (seq: number) => void;
  readonly onShow: (from: number, to: number) => void;
}

function EventRows({ log, startedAt, follows, selected, onSelect, onShow }: EventRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(selected ?? 0);
  const wantsFocus = useRef(false);
  const count = log.last + 1;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    initialOffset: Math.max(0, (selected ?? 0) - 4) * rowHeight,
    overscan: 15,
  });
  const items = virtual.getVirtualItems();
  const first = items.at(0)?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onShow(first, last), [first, last, onShow]);
  useEffect(() => {
    if (follows && count > 0) virtual.scrollToIndex(count - 1);
  }, [follows, count, virtual]);
  const current = Math.min(active, count - 1);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${current}"]`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + 15,
      PageUp: current - 15,
      Home: 0,
      End: count - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = Math.min(count - 1, Math.max(0, to));
    setActive(next);
    virtual.scrollToIndex(next);
    wantsFocus.current = true;
  };
  return (
    <div ref={scroller} className="event-list">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Arrow keys move among the buttons within. */}
      <div className="event-list-rows" style={{ height: virtual.getTotalSize() }} onKeyDown={onKeyDown}>
        {items.map(({ index: seq, start }) => (
          <EventRow
            key={seq}
            seq={seq}
            start={start}
            event={log.events.get(seq)}
            startedAt={startedAt}
            isSelected={seq === selected}
            isTabStop={seq === current}
            onFocus={setActive}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  );
}

interface EventRowProps {
  readonly seq: number;
  readonly start: number;
  /** Not yet there while its page is on its way. */
  readonly event: RunEventView | undefined;
  readonly startedAt: number;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onFocus: (seq: number) => void;
  readonly onSelect: (seq: number) => void;
}

function EventRow({ seq, start, event, startedAt, isSelected, isTabStop, onFocus, onSelect }: EventRowProps) {
  return (
    <button
      type="button"
      data-row={seq}
      className={classNames("event-row", isSelected && "event-row-selected")}
      style={{ transform: `translateY(${start}px)` }}
      tabIndex={isTabStop ? 0 : -1}
      onFocus={() => onFocus(seq)}
      onClick={() => onSelect(seq)}
    >
      <span className="quiet number">{seq}</span>
      {event === undefined ? (
        <span className="quiet">…</span>
      ) : (
        <>
          <span className="quiet event-time">+{formatDuration(Math.max(0, event.at - startedAt))}</span>
          <span className="mono">{plainText(event.type, 60)}</span>
          <span>
            {event.task === null ? "" : plainText(event.task, 120)}
            {event.attempt !== null && event.attempt > 1 && <span className="quiet"> #{event.attempt}</span>}
          </span>
          <span className="quiet event-summary">{plainText(event.summary, 240)}</span>
        </>
      )}
    </button>
  );
}

/** The log, filled from the stream and, where somebody looks, page by page from the server. */
function useEventLog(runId: string, count: number, live: readonly RunEventView[]) {
  const [log, add] = useReducer(
    (before: EventLog, more: { readonly events: readonly RunEventView[]; readonly count: number }) =>
      extendLog(before, more.events, more.count),
    emptyLog,
  );
  const [error, setError] = useState<Error | null>(null);
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const asked = useRef(new Set<number>());
  const liveSeen = useRef(-1);
  useEffect(() => {
    // Only what is new of the stream's events is looked at.
    const fresh = live.slice(live.findLastIndex(({ seq }) => seq <= liveSeen.current) + 1);
    liveSeen.current = live.at(-1)?.seq ?? liveSeen.current;
    add({ events: fresh, count });
  }, [live, count]);
  const [from, to] = range;
  useEffect(() => {
    if (error !== null) return;
    for (const page of missingPages(log, from, to, pageSize)) {
      if (asked.current.has(page)) continue;
      asked.current.add(page);
      const query = { from: page * pageSize, limit: pageSize };
      void callApi("listEvents", { params: { runId }, query })
        .then(
          ({ events }) => add({ events, count: 0 }),
          (problem: Error) => setError(problem),
        )
        .finally(() => asked.current.delete(page));
    }
  }, [log, from, to, runId, error]);
  const [want] = useState(() => (first: number, last: number) => setRange([first, last]));
  return { log, error, want, retry: () => setError(null) };
}
