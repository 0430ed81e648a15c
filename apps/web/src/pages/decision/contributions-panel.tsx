/** What each agent adds to each outcome: stacked, and as numbers that add up to the decision exactly. */
import { FromLink } from "../../app/from-link.tsx";
import { seriesColor } from "../../charts/chart-palette.ts";
import { Badge } from "../../design/badge.tsx";
import { formatExact, formatNumber, formatPercent } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { ScrollX } from "../../design/scroll-x.tsx";
import { plainText } from "../../design/visible-text.ts";
import { addUp, type Sums } from "./add-up.ts";
import { type PartProps, taskOf } from "./part-props.ts";

export function ContributionsPanel({ detail, resolution }: PartProps) {
  const sums = addUp(resolution);
  const { outcomes, probabilities } = resolution;
  const largest = Math.max(0.01, ...sums.sums);
  if (sums.rows.length === 0) return null;
  return (
    <Panel
      title="How it adds up"
      about="Each agent adds its weight times what it said. Added in this order, the numbers are the decision, to the last digit."
      actions={<Verdict sums={sums} />}
    >
      <div className="stack">
        <ul className="stacks" aria-label="Contributions by outcome">
          {outcomes.map((outcome, index) => (
            <li key={outcome} className="stack-row">
              <span className="stack-name">
                <SafeText text={outcome} foldAt={30} />
              </span>
              <span className="stack-bar" aria-hidden="true">
                {sums.rows.map((row, place) => (
                  <span
                    key={row.name}
                    title={`${plainText(row.name, 60)}: ${formatExact(row.amounts[index] ?? 0)}`}
                    style={{
                      width: `${(100 * Math.max(0, row.amounts[index] ?? 0)) / largest}%`,
                      background: seriesColor(place),
                    }}
                  />
                ))}
              </span>
              <span className="number">{formatPercent(sums.sums[index])}</span>
            </li>
          ))}
        </ul>
        <ScrollX label="Contributions as numbers">
          <table className="table sums">
            <caption className="visually-hidden">What each agent adds to each outcome</caption>
            <thead>
              <tr>
                <th scope="col">From</th>
                {outcomes.map((outcome) => (
                  <th key={outcome} scope="col" className="number">
                    {plainText(outcome, 30)}
                  </th>
                ))}
                <th scope="col">
                  <span className="visually-hidden">Origin</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sums.rows.map((row, place) => (
                <tr key={row.name}>
                  <th scope="row">
                    <span className="swatch" style={{ background: seriesColor(place) }} aria-hidden="true" />
                    {plainText(row.name, 60)}
                  </th>
                  {outcomes.map((outcome, index) => (
                    <td key={outcome} className="number" title={formatExact(row.amounts[index] ?? 0)}>
                      {formatNumber(row.amounts[index] ?? 0, 6)}
                    </td>
                  ))}
                  <td>
                    <FromLink
                      runId={detail.summary.runId}
                      task={row.kind === "agent" ? taskOf(detail, row.name) : detail.summary.task}
                      what={`the contribution of ${row.name}`}
                    />
                  </td>
                </tr>
              ))}
              <tr className="sum-row">
                <th scope="row">Sum</th>
                {sums.sums.map((sum, index) => (
                  <td key={outcomes[index]} className="number">
                    {formatExact(sum)}
                  </td>
                ))}
                <td />
              </tr>
              {probabilities !== null && (
                <tr>
                  <th scope="row">On record</th>
                  {probabilities.map((probability, index) => (
                    <td key={outcomes[index]} className="number">
                      {formatExact(probability)}
                    </td>
                  ))}
                  <td>
                    <FromLink
                      runId={detail.summary.runId}
                      task={detail.summary.task}
                      what="the view on record"
                    />
                  </td>
                </tr>
              )}
            </tbody>
          </table>
        </ScrollX>
      </div>
    </Panel>
  );
}

function Verdict({ sums }: { readonly sums: Sums }) {
  if (sums.isExact === null) return <Badge>no view to compare with</Badge>;
  return sums.isExact ? (
    <Badge tone="good" icon="check">
      adds up exactly
    </Badge>
  ) : (
    <Badge tone="bad" icon="cross">
      does not add up
    </Badge>
  );
}
