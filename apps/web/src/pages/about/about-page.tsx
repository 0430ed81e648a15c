/** What runs here, who is signed in, who may do what, what was done, and whose work this rests on. */
import "./about.css";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay, useSession } from "../../api/use-session.ts";
import { Page } from "../../app/page.tsx";
import { paths, signInPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { Stat, Stats } from "../../design/stat.tsx";
import { Time } from "../../design/time.tsx";
import { AuditPanel } from "./audit-panel.tsx";
import { KeysPanel } from "./keys-panel.tsx";

export function AboutPage() {
  const isKnown = useSession() !== null;
  const isAdmin = useMay("admin");
  return (
    <Page title="About" about="What runs here, who may do what, and whose work it rests on.">
      <div className="columns">
        <VersionPanel />
        <SessionPanel />
      </div>
      {isAdmin && <KeysPanel />}
      {isAdmin && <AuditPanel />}
      {isKnown && <AttributionPanel />}
    </Page>
  );
}

function VersionPanel() {
  const { data, error } = useApi("getVersion", {}, { staleMs: 5 * 60_000 });
  return (
    <Panel title="This server">
      {error !== null && <ErrorNotice error={error} />}
      {data === undefined && error === null && <Skeleton lines={6} />}
      {data !== undefined && (
        <Stats>
          <Stat label="Mycroft" value={data.version} note={`Node ${data.node}`} />
          <Stat
            label="Started"
            value={<Time at={data.startedAt} />}
            note={<Time at={data.startedAt} as="exact" />}
          />
        </Stats>
      )}
      {data !== undefined && (
        <dl className="about-place">
          <div>
            <dt>{data.kind === "cluster" ? "Cluster" : "Record"}</dt>
            <dd>
              <SafeText text={data.place} />
            </dd>
          </div>
          <div>
            <dt>Workflows</dt>
            <dd>{data.project === null ? "none" : <SafeText text={data.project} foldAt={200} />}</dd>
          </div>
        </dl>
      )}
      <p>
        <a href="/docs">The HTTP API</a> does all that these pages do.
      </p>
    </Panel>
  );
}

function SessionPanel() {
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = useChange("signOut");
  const onSignOut = (): void =>
    signOut.mutate(
      {},
      {
        onSuccess: () => {
          client.clear();
          void navigate(signInPath(paths.today));
        },
      },
    );
  return (
    <Panel
      title="You"
      actions={
        session?.by === "session" && (
          <Button size="small" onClick={onSignOut} isBusy={signOut.isPending}>
            Sign out
          </Button>
        )
      }
    >
      {session === null ? (
        <Skeleton lines={3} />
      ) : (
        <Stats>
          <Stat
            label="Signed in as"
            value={<SafeText text={session.name ?? "nobody"} />}
            note={<Badge>{session.role ?? "nobody"}</Badge>}
          />
          {session.expiresAt !== null && (
            <Stat
              label="Until"
              value={<Time at={session.expiresAt} />}
              note={<Time at={session.expiresAt} as="exact" />}
            />
          )}
        </Stats>
      )}
      {signOut.error !== null && <ErrorNotice error={signOut.error} />}
    </Panel>
  );
}

const libraries: readonly (readonly [name: string, use: string])[] = [
  ["React, React Router", "pages"],
  ["TanStack Query and Virtual", "answers kept, long lists"],
  ["React Flow, Dagre", "graphs of workflows"],
  ["Chart.js", "charts"],
];

function AttributionPanel() {
  return (
    <Panel title="Whose work this rests on">
      <div className="stack">
        <p>
          Price charts: TradingView Lightweight Charts™. Copyright © TradingView, Inc. Licensed under the
          Apache License 2.0. <a href="https://www.tradingview.com/">https://www.tradingview.com/</a>
        </p>
        <ul>
          {libraries.map(([name, use]) => (
            <li key={name}>
              {name} <span className="quiet">– {use}, MIT License</span>
            </li>
          ))}
        </ul>
        <p className="quiet">
          Mycroft is educational software under the MIT License. It reports what agents said and what
          followed; it recommends no trade.
        </p>
      </div>
    </Panel>
  );
}
