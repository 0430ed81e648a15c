/** How far the agents of the case disagree: each measure with its meaning, who against whom, and what kinds of conflict there are. */
import type { Conflict } from "@mycroft/ensemble";
import { MeterBar } from "../../charts/meter-bar.tsx";
import { Badge } from "../../design/badge.tsx";
import { formatNumber } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { describeFinding, readConflict } from "./conflict-readings.ts";
import { TintedTable } from "./tinted-table.tsx";

export function ConflictPanel({ conflict }: { readonly conflict: Conflict | null }) {
  return (
    <Panel
      title="Conflict"
      about="Measured with equal weights: it says something about the agents, and nothing about the policy that resolves it."
    >
      {conflict === null ? (
        <p className="quiet">There is nothing to measure.</p>
      ) : (
        <ConflictOf conflict={conflict} />
      )}
    </Panel>
  );
}

function ConflictOf({ conflict }: { readonly conflict: Conflict }) {
  return (
    <div className="stack">
      <dl className="lab-measures">
        {readConflict(conflict).map(({ name, value, most, meaning, source }) => (
          <div key={name} className="lab-measure">
            <dt>{name}</dt>
            <dd className="lab-measure-value">
              <strong title={value === null ? undefined : String(value)}>{formatNumber(value, 3)}</strong>
              <MeterBar value={value ?? 0} max={most} color="var(--warn)" />
            </dd>
            <dd className="lab-measure-meaning">
              {meaning} <cite>{source}.</cite>
            </dd>
          </div>
        ))}
      </dl>
      <Findings conflict={conflict} />
      {conflict.pairwise !== null && conflict.pairwise.agents.length > 1 && (
        <div>
          <h3>Who against whom</h3>
          <p className="panel-about">
            The Jensen-Shannon distance of each two opinions: 0 is the same, 1 is certain of different
            outcomes. <cite>Endres and Schindelin 2003, IEEE Transactions on Information Theory 49(7).</cite>
          </p>
          <TintedTable
            caption="Distance of each two opinions"
            corner="Agent"
            color="var(--warn)"
            columns={conflict.pairwise.agents.map((agent) => ({
              key: agent,
              header: <SafeText text={agent} foldAt={24} />,
            }))}
            rows={conflict.pairwise.agents.map((agent, row) => ({
              key: agent,
              header: <SafeText text={agent} foldAt={24} />,
              values: (conflict.pairwise?.distances[row] ?? []).map((distance, column) =>
                row === column ? null : distance,
              ),
            }))}
            format={(distance) => formatNumber(distance, 2)}
          />
        </div>
      )}
    </div>
  );
}

function Findings({ conflict }: { readonly conflict: Conflict }) {
  if (conflict.findings.length === 0) {
    return (
      <p className="quiet">No conflict is found: nobody stands on the other side, no facts contradict.</p>
    );
  }
  return (
    <ul className="lab-findings">
      {conflict.findings.map(describeFinding).map(({ kind, title, lines }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: There may be many findings of a kind, in a fixed order.
        <li key={index} className={`lab-finding lab-finding-${kind}`}>
          <p>
            <Badge tone={kind === "factual" ? "bad" : "warn"} icon="split">
              {kind}
            </Badge>{" "}
            <strong>{title}</strong>
          </p>
          <ul>
            {lines.slice(0, mostLines).map((line) => (
              <li key={line}>
                <SafeText text={line} foldAt={300} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

const mostLines = 20;
