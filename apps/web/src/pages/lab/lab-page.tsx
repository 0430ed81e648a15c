/** The Lab: take a case or make one up, change what the agents say, and see at once what every policy makes of it, and how learning goes. */
import "./lab.css";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { Page } from "../../app/page.tsx";
import { paths } from "../../app/paths.ts";
import { Button, IconButton } from "../../design/button.tsx";
import { AgentsPanel } from "./agents-panel.tsx";
import { ConflictPanel } from "./conflict-panel.tsx";
import { GuardrailsPanel } from "./guardrails-panel.tsx";
import { recallState } from "./kept-state.ts";
import { outcomesOf } from "./lab-case.ts";
import { RecordedOrigin } from "./lab-origin.tsx";
import { initialState, type LabState } from "./lab-state.ts";
import { PoliciesPanel } from "./policies-panel.tsx";
import { packState, unpackState } from "./share-link.ts";
import { TimePanel } from "./time-panel.tsx";
import { type Tour, tours } from "./tours.ts";
import { type Lab, useLab } from "./use-lab.ts";

/** Another address is another Lab: nothing of the one before is left in it. */
export function LabPage() {
  const { search, hash } = useLocation();
  return <LabFrom key={`${search}${hash}`} origin={`${search}${hash}`} />;
}

function LabFrom({ origin }: { readonly origin: string }) {
  const lab = useLab(origin);
  const { state, results, progress } = lab;
  const [search] = useSearchParams();
  const [isFresh] = useState(() => recallState(origin) === null);
  const isWrongLink = useSharedState(lab, isFresh);
  useHistoryOf(search.get("subject"), search.get("asOf"), lab, isFresh);
  const run = search.get("run");
  const task = search.get("task");
  const outcomes = outcomesOf(state.case);
  const tour = tours.find(({ name }) => name === state.tour) ?? null;
  const lesson = state.taughtAt === null ? null : (results[0]?.resolution ?? null);
  const records =
    lesson === null
      ? null
      : (progress.walk?.taughtAt(state.taughtAt ?? 0).get("linear-pool")?.agents ?? null);
  const conflict = results.find(({ resolution }) => resolution !== null)?.resolution?.conflict ?? null;
  return (
    <Page
      title="Lab"
      about="Change what the agents say and see at once what every policy makes of it. It is the very code that the server runs, so it is exact."
      actions={<LabActions lab={lab} />}
    >
      <div className="lab">
        <Tours chosen={state.tour} onBegin={(begun) => lab.show(begun.begin())} />
        {isWrongLink && (
          <p className="lab-note">This link holds no case that the Lab can show. Here is a fresh one.</p>
        )}
        {tour !== null && <TourText tour={tour} onEnd={() => lab.show({ ...state, tour: null })} />}
        {run !== null && task !== null && (
          <RecordedOrigin
            run={run}
            task={task}
            given={state.case}
            results={results}
            isFresh={isFresh}
            onCase={(given) => lab.show({ ...initialState(), time: state.time, case: given })}
          />
        )}
        <div className="lab-columns">
          <AgentsPanel
            given={state.case}
            records={records}
            isMadeUp={state.case.policy === null && state.taughtAt === null}
            onChange={lab.changeCase}
          />
          <div id="lab-policies" className="lab-wide" tabIndex={-1}>
            <PoliciesPanel
              results={results}
              outcomes={outcomes}
              outcome={state.case.outcome}
              chosen={lab.chosen}
              onChoose={lab.choose}
            />
          </div>
          <div id="lab-conflict" tabIndex={-1}>
            <ConflictPanel conflict={conflict} />
          </div>
          <GuardrailsPanel given={state.case} onChange={lab.changeCase} />
        </div>
        <div id="lab-time" tabIndex={-1}>
          <TimePanel
            state={state}
            progress={progress}
            step={lab.step}
            onSetup={lab.setTime}
            onStep={lab.goTo}
            onFollow={lab.follow}
          />
        </div>
      </div>
    </Page>
  );
}

/** Takes the state out of the address, once. Gives whether there was one that cannot be shown. */
function useSharedState(lab: Lab, isFresh: boolean): boolean {
  const { hash } = useLocation();
  const [isWrong, setIsWrong] = useState(false);
  const take = useEffectEvent((shared: LabState | null) => {
    if (shared === null) setIsWrong(true);
    else lab.show(shared);
  });
  useEffect(() => {
    if (hash === "" || !isFresh) return;
    let isWanted = true;
    void unpackState(hash).then((shared) => isWanted && take(shared));
    return () => {
      isWanted = false;
    };
  }, [hash, isFresh]);
  return isWrong;
}

/** A link to a company's history: its walk, at the day asked for, as the case. Every 30 days, as agents' records count. */
function useHistoryOf(subject: string | null, asOf: string | null, lab: Lab, isFresh: boolean): void {
  const { progress, state } = lab;
  const isDone = useRef(!isFresh);
  const begin = useEffectEvent(() => {
    if (subject === null || subject === "" || subject.length > 32 || isDone.current) return;
    lab.setTime({ type: "history", subject, horizonDays: 28, everyDays: 30 });
  });
  useEffect(() => begin(), []);
  const isWalked = progress.walk?.isDone === true && progress.steps > 0;
  const open = useEffectEvent(() => {
    const { walk } = progress;
    if (isDone.current || state.time.type !== "history" || walk === null) return;
    isDone.current = true;
    const { cases } = walk.source;
    // Unless a day is asked for: the newest of which it is known what followed.
    const last = cases.findLastIndex(({ on, outcome }) => (asOf === null ? outcome !== null : on <= asOf));
    lab.openStep(Math.max(0, last));
  });
  useEffect(() => {
    if (isWalked) open();
  }, [isWalked]);
}

function LabActions({ lab }: { readonly lab: Lab }) {
  const navigate = useNavigate();
  const [said, setSaid] = useState("");
  const onShare = async (): Promise<void> => {
    const shared = await packState(lab.state);
    if (shared === null) {
      setSaid("This case is too long for a link.");
      return;
    }
    const { pathname, origin } = window.location;
    const address = `${origin}${pathname}#${shared.fragment}`;
    try {
      await navigator.clipboard.writeText(address);
      setSaid(
        shared.isWhole ? "The link is copied." : "The link is copied, without what the policy had learned.",
      );
    } catch {
      window.history.replaceState(null, "", address);
      setSaid("The link is in the address bar.");
    }
  };
  return (
    <>
      <span role="status" className="quiet">
        {said}
      </span>
      <Button icon="copy" onClick={() => void onShare()}>
        Copy a link
      </Button>
      <Button
        icon="retry"
        onClick={() => {
          lab.reset();
          void navigate(paths.lab, { replace: true });
        }}
      >
        Reset
      </Button>
    </>
  );
}

function Tours({
  chosen,
  onBegin,
}: {
  readonly chosen: string | null;
  readonly onBegin: (tour: Tour) => void;
}) {
  return (
    <section className="lab-tours" aria-label="Guided tours">
      <span className="quiet">See for yourself:</span>
      {tours.map((tour) => (
        <Button
          key={tour.name}
          size="small"
          aria-pressed={tour.name === chosen}
          onClick={() => onBegin(tour)}
        >
          {tour.title}
        </Button>
      ))}
    </section>
  );
}

function TourText({ tour, onEnd }: { readonly tour: Tour; readonly onEnd: () => void }) {
  return (
    <section className="lab-note" aria-label={`Tour: ${tour.title}`} aria-live="polite">
      <header className="lab-note-head">
        <h2>{tour.title}</h2>
        <IconButton icon="close" label="End the tour" onClick={onEnd} />
      </header>
      <ol>
        {tour.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
      <p>
        <a
          href={`#lab-${tour.part}`}
          onClick={(event) => {
            event.preventDefault();
            const part = document.getElementById(`lab-${tour.part}`);
            part?.scrollIntoView({ block: "start" });
            part?.focus({ preventScroll: true });
          }}
        >
          Go there
        </a>
      </p>
    </section>
  );
}
