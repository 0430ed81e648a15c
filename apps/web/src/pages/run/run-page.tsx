/** One run: how it stands, what may be done with it, its graph, its times, its events, what went in and what came out. */
import "./run-page.css";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { Page } from "../../app/page.tsx";
import { paths, runPath, workflowPath } from "../../app/paths.ts";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Tab, Tabs } from "../../design/tabs.tsx";
import { plainText } from "../../design/visible-text.ts";
import { BoardContext } from "../../graph/use-board.ts";
import { DataTab } from "./data-tab.tsx";
import { DecisionsTab } from "./decisions-tab.tsx";
import { EventsTab } from "./events-tab.tsx";
import { GanttTab } from "./gantt-tab.tsx";
import { GraphTab } from "./graph-tab.tsx";
import { LogTab } from "./log-tab.tsx";
import { RunActions } from "./run-actions.tsx";
import { RunFacts } from "./run-facts.tsx";
import { RunHeading } from "./run-heading.tsx";
import { SidePanel } from "./side-panel.tsx";
import { type Place, type TabId, usePlace } from "./use-place.ts";
import { type RunView, runPageKey, useRunView } from "./use-run-view.ts";
import { WaitCards } from "./wait-cards.tsx";

export function RunPage() {
  const { runId = "" } = useParams();
  const { view, error, retry } = useRunView(runId);
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const client = useQueryClient();
  const detail = view?.detail;
  useEffect(() => {
    // `latest` and beginnings of ids are understood, and shown as what they stand for.
    if (detail === undefined || detail.run.runId === runId) return;
    const canonical = detail.run.runId;
    // It is on the page already, and stays there with all that somebody has begun in it.
    client.setQueryData(runPageKey(canonical), detail);
    void navigate(`${runPath(canonical)}${search.size === 0 ? "" : `?${search}`}`, { replace: true });
  }, [detail, runId, search, navigate, client]);
  if (view !== null) return <ShownRun view={view} />;
  return (
    <Page title={`Run ${plainText(runId, 40)}`} trail={<Link to={paths.runs}>Runs</Link>}>
      {error === null ? (
        <Skeleton lines={10} label="Loading the run" />
      ) : (
        <ErrorNotice error={error} title="The run cannot be shown" onRetry={retry} />
      )}
    </Page>
  );
}

function ShownRun({ view }: { readonly view: RunView }) {
  const { run, detail } = view;
  const place = usePlace();
  const tabs: readonly Tab<TabId>[] = [
    { id: "graph", label: "Graph" },
    { id: "gantt", label: "Gantt" },
    { id: "events", label: `Events ${run.events.toLocaleString("en")}` },
    { id: "log", label: "Log" },
    { id: "data", label: "Input & output" },
    { id: "decisions", label: `Decisions ${detail.decisions.length}` },
  ];
  return (
    <BoardContext value={view.board}>
      <Page
        title={`${run.workflow} ${run.runId}`}
        heading={<RunHeading view={view} />}
        trail={
          <>
            <Link to={paths.runs}>Runs</Link> / <Link to={workflowPath(run.workflow)}>{run.workflow}</Link>
          </>
        }
        actions={<RunActions view={view} />}
      >
        <RunFacts view={view} />
        <WaitCards view={view} />
        <div className={place.hasPanel ? "run-split run-split-open" : "run-split"}>
          <Tabs label="What to see of the run" tabs={tabs} selected={place.tab} onSelect={place.setTab}>
            <TabContent view={view} place={place} />
          </Tabs>
          <SidePanel view={view} place={place} />
        </div>
      </Page>
    </BoardContext>
  );
}

function TabContent({ view, place }: { readonly view: RunView; readonly place: Place }) {
  switch (place.tab) {
    case "graph":
      return <GraphTab view={view} place={place} />;
    case "gantt":
      return <GanttTab view={view} place={place} />;
    case "events":
      return <EventsTab view={view} place={place} />;
    case "log":
      return <LogTab view={view} place={place} />;
    case "data":
      return <DataTab view={view} />;
    case "decisions":
      return <DecisionsTab view={view} />;
  }
}
