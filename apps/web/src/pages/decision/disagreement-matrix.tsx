/** Who is against whom: the distance of every two opinions, as a table whose cells are darker the further apart they are. */
import type { PairwiseDisagreement } from "@mycroft/ensemble";
import { formatNumber } from "../../design/format.ts";
import { ScrollX } from "../../design/scroll-x.tsx";
import { plainText } from "../../design/visible-text.ts";

/** Wider than this, numbers are no picture any more; the divergence above is of all. */
const mostAgents = 24;

export function DisagreementMatrix({ pairwise }: { readonly pairwise: PairwiseDisagreement }) {
  const agents = pairwise.agents.slice(0, mostAgents);
  const omitted = pairwise.agents.length - agents.length;
  const largest = Math.max(0.05, ...pairwise.distances.flat());
  return (
    <figure>
      <figcaption className="part-title">
        Who against whom <span className="quiet">(Jensen-Shannon distance, 0 to 1)</span>
      </figcaption>
      <ScrollX label="Distances of every two opinions">
        <table className="matrix">
          <caption className="visually-hidden">Distances of every two opinions, 0 equal to 1</caption>
          <thead>
            <tr>
              <td />
              {agents.map((agent) => (
                <th key={agent} scope="col">
                  <span>{plainText(agent, 20)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {agents.map((agent, row) => (
              <tr key={agent}>
                <th scope="row">{plainText(agent, 28)}</th>
                {agents.map((other, column) => (
                  <Cell
                    key={other}
                    distance={row === column ? null : (pairwise.distances[row]?.[column] ?? 0)}
                    largest={largest}
                    title={`${plainText(agent, 40)} and ${plainText(other, 40)}`}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {omitted > 0 && <p className="quiet">{omitted} more agents are left out of the picture.</p>}
    </figure>
  );
}

interface CellProps {
  /** Null on the diagonal. */
  readonly distance: number | null;
  readonly largest: number;
  readonly title: string;
}

function Cell({ distance, largest, title }: CellProps) {
  if (distance === null) return <td className="matrix-self">–</td>;
  // Never so dark that the number in it could not be read.
  const share = Math.round((60 * distance) / largest);
  return (
    <td
      title={title}
      style={{ background: `color-mix(in oklab, var(--matrix-hot) ${share}%, var(--surface))` }}
    >
      {formatNumber(distance, 2)}
    </td>
  );
}
