/** Runs that a schedule would have started between two days: a form to start them, and how far each such backfill is, live. */
import type { BackfillView, ScheduleView } from "@mycroft/protocol";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay } from "../../api/use-session.ts";
import { runsPath } from "../../app/paths.ts";
import { Badge, type Tone } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Checkbox, Select, TextField } from "../../design/field.tsx";
import { formatCount, formatPercent, formatPlural } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Time } from "../../design/time.tsx";

export function Backfills({ schedules }: { readonly schedules: readonly ScheduleView[] }) {
  const may = useMay("operator");
  const answer = useApi("listBackfills", {});
  const names = new Set(schedules.map(({ name }) => name));
  const backfills = (answer.data?.backfills ?? []).filter(({ schedule }) => names.has(schedule));
  return (
    <Panel
      title="Backfills"
      about="Runs that a schedule would have started between two days, each as of its own day."
    >
      <div className="stack">
        {answer.error !== null && <ErrorNotice error={answer.error} title="Backfills cannot be shown" />}
        {backfills.map((backfill) => (
          <BackfillRow key={backfill.id} backfill={backfill} may={may} />
        ))}
        {answer.data !== undefined && backfills.length === 0 && <p className="quiet">None so far.</p>}
        {may && <BackfillForm schedules={schedules} />}
      </div>
    </Panel>
  );
}

const tones: Readonly<Record<string, Tone>> = {
  running: "busy",
  done: "good",
  cancelled: "neutral",
  failed: "bad",
};

function BackfillRow({ backfill, may }: { readonly backfill: BackfillView; readonly may: boolean }) {
  const { planned, succeeded, failed, cancelled, underWay, endedAt, refusals } = backfill;
  const done = succeeded + failed + cancelled + refusals.length;
  const label = `${formatCount(done)} of ${formatPlural(planned, "run")}`;
  return (
    <article
      className="backfill"
      aria-label={`Backfill of ${backfill.schedule} from ${backfill.from} to ${backfill.to}`}
    >
      <div className="backfill-head">
        <strong>
          {backfill.from} to {backfill.to}
        </strong>
        <Badge tone={tones[backfill.status] ?? (endedAt === null ? "busy" : "neutral")}>
          {backfill.status}
        </Badge>
        <span className="quiet">
          {backfill.schedule}, started <Time at={backfill.createdAt} />, {backfill.concurrency} at a time
          {backfill.newestFirst && ", the newest first"}
        </span>
        {may && endedAt === null && <CancelBackfill backfill={backfill} />}
      </div>
      <div
        className="backfill-bar"
        role="progressbar"
        aria-label={`Backfill from ${backfill.from} to ${backfill.to}`}
        aria-valuemin={0}
        aria-valuemax={planned}
        aria-valuenow={Math.min(done, planned)}
        aria-valuetext={label}
      >
        <Part kind="succeeded" count={succeeded} of={planned} />
        <Part kind="failed" count={failed + refusals.length} of={planned} />
        <Part kind="cancelled" count={cancelled} of={planned} />
        <Part kind="under-way" count={underWay} of={planned} />
      </div>
      <p className="quiet">
        {label}
        {planned > 0 && ` (${formatPercent(done / planned, 0)})`}: {formatCount(succeeded)} succeeded,{" "}
        {formatCount(failed)} failed, {formatCount(cancelled)} cancelled, {formatCount(underWay)} under way.{" "}
        <Link to={runsPath({ tag: `backfill:${backfill.id}` })}>its runs</Link>
      </p>
      {refusals.slice(0, 5).map(({ scheduledAt, code, message }) => (
        <p key={scheduledAt} className="schedule-failure">
          {scheduledAt.slice(0, 10)}: <code>{code}</code> <SafeText text={message} />
        </p>
      ))}
    </article>
  );
}

function Part({ kind, count, of }: { readonly kind: string; readonly count: number; readonly of: number }) {
  if (count === 0 || of === 0) return null;
  return <span className={`backfill-part backfill-${kind}`} style={{ width: `${(100 * count) / of}%` }} />;
}

function CancelBackfill({ backfill }: { readonly backfill: BackfillView }) {
  const [isOpen, setIsOpen] = useState(false);
  const cancel = useChange("cancelBackfill", { renews: ["listBackfills", "listRuns"] });
  return (
    <>
      <Button size="small" kind="danger" onClick={() => setIsOpen(true)}>
        Cancel
      </Button>
      <Dialog
        title="Cancel the backfill?"
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        actions={
          <>
            <Button onClick={() => setIsOpen(false)}>Let it go on</Button>
            <Button
              kind="danger"
              isBusy={cancel.isPending}
              onClick={() =>
                cancel.mutate({ params: { id: backfill.id } }, { onSuccess: () => setIsOpen(false) })
              }
            >
              Cancel the backfill
            </Button>
          </>
        }
      >
        <p>
          It starts nothing more, and its {formatPlural(backfill.underWay, "run")} under way are cancelled.
          This cannot be undone; the same days can be backfilled again.
        </p>
        {cancel.error !== null && <ErrorNotice error={cancel.error} title="It was not cancelled" />}
      </Dialog>
    </>
  );
}

function BackfillForm({ schedules }: { readonly schedules: readonly ScheduleView[] }) {
  const [schedule, setSchedule] = useState(schedules[0]?.name ?? "");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [concurrency, setConcurrency] = useState("10");
  const [newestFirst, setNewestFirst] = useState(false);
  const [wasTried, setWasTried] = useState(false);
  const start = useChange("startBackfill", { renews: ["listBackfills"] });
  const atOnce = Number(concurrency);
  const problems = {
    from: from === "" ? "The first day is missing." : undefined,
    to: to === "" ? "The last day is missing." : to < from ? "The last day is before the first." : undefined,
    concurrency:
      Number.isInteger(atOnce) && atOnce >= 1 && atOnce <= 1_000
        ? undefined
        : "A whole number from 1 to 1,000.",
  };
  const shown: Partial<typeof problems> = wasTried ? problems : {};
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setWasTried(true);
    if (Object.values(problems).some((problem) => problem !== undefined)) return;
    start.mutate(
      { body: { schedule, from, to, concurrency: atOnce, newestFirst } },
      { onSuccess: () => setWasTried(false) },
    );
  };
  return (
    <form className="backfill-form" onSubmit={onSubmit} noValidate aria-label="Start a backfill">
      {schedules.length > 1 && (
        <Select
          label="Schedule"
          value={schedule}
          choices={schedules.map(({ name }) => ({ value: name, label: name }))}
          onChange={setSchedule}
        />
      )}
      <TextField label="First day" type="date" value={from} onChange={setFrom} error={shown.from} />
      <TextField label="Last day" type="date" value={to} onChange={setTo} error={shown.to} />
      <TextField
        label="Runs at a time"
        type="number"
        value={concurrency}
        onChange={setConcurrency}
        error={shown.concurrency}
      />
      <Checkbox label="The newest first" isChecked={newestFirst} onChange={setNewestFirst} />
      <Button submits icon="play" isBusy={start.isPending}>
        Start the backfill
      </Button>
      {start.error !== null && <ErrorNotice error={start.error} title="The backfill was not started" />}
    </form>
  );
}
