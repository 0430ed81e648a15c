/** An agent's newest failures and abstentions, each with the task in which it happened. */
import type { AgentHealth } from "@mycroft/protocol";
import { Link } from "react-router";
import { runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Time } from "../../design/time.tsx";

export const troublesId = "troubles";

export function TroublesPanel({ troubles }: { readonly troubles: AgentHealth["troubles"] }) {
  if (troubles.length === 0) return null;
  return (
    <Panel title="Failures and abstentions" anchor={troublesId} about="The newest, at most ten.">
      <ul className="troubles">
        {troubles.map(({ runId, task, at, kind, code, text }) => (
          <li key={`${runId} ${task} ${kind}`} className="trouble">
            <span className="trouble-head">
              <Badge
                tone={kind === "failure" ? "bad" : "neutral"}
                icon={kind === "failure" ? "cross" : "ban"}
              >
                {kind}
              </Badge>
              {code !== null && <code>{code}</code>}
              <span className="quiet">
                <Time at={at} />
              </span>
            </span>
            <SafeText text={text} foldAt={240} />
            <Link to={runPath(runId, { task })}>
              <SafeText text={task} foldAt={80} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
