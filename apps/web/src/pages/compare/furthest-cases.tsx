/** The cases in which two agents were furthest apart, each to be opened in the Lab. */
import type { HeadToHead } from "@mycroft/protocol";
import { DistributionStrip } from "../../charts/distribution-bars.tsx";
import { formatNumber } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { plainText } from "../../design/visible-text.ts";
import { CaseLink } from "../agents/case-link.tsx";

type Case = HeadToHead["furthest"][number];

export function FurthestCases({ pair }: { readonly pair: HeadToHead }) {
  const { a, b, furthest } = pair;
  if (furthest.length === 0) return null;
  return (
    <Panel
      title="Furthest apart"
      about="By the Jensen-Shannon distance of their opinions, 0 to 1. The lowest outcome is at the left. Each opens in the Lab."
      isFlush
    >
      <Table
        caption="Cases in which they were furthest apart"
        columns={columnsOf(a, b)}
        rows={furthest}
        rowKey={({ subject, asOf }) => `${subject} ${asOf}`}
        initialSort={{ key: "distance", descending: true }}
      />
    </Panel>
  );
}

function columnsOf(a: string, b: string): readonly Column<Case>[] {
  const opinion = (key: "a" | "b", name: string): Column<Case> => ({
    key,
    header: plainText(name, 30),
    cell: (one) => (
      <div className="opinion-strip">
        <DistributionStrip
          outcomes={placesOf(one[key])}
          probabilities={one[key]}
          label={plainText(name, 40)}
        />
      </div>
    ),
  });
  const score = (key: "scoreA" | "scoreB", name: string): Column<Case> => ({
    key,
    header: `${plainText(name, 20)}'s score`,
    align: "end",
    cell: (one) => formatNumber(one[key], 3),
    sortBy: (one) => one[key],
  });
  return [
    {
      key: "case",
      header: "Case",
      cell: ({ subject, asOf }) => <CaseLink subject={subject} asOf={asOf} />,
      sortBy: ({ asOf }) => asOf,
    },
    {
      key: "distance",
      header: "Distance",
      align: "end",
      cell: ({ distance }) => formatNumber(distance),
      sortBy: ({ distance }) => distance,
    },
    opinion("a", a),
    opinion("b", b),
    { key: "outcome", header: "Followed", cell: ({ outcome }) => <SafeText text={outcome} foldAt={40} /> },
    score("scoreA", a),
    score("scoreB", b),
  ];
}

/** The outcomes are known by their places alone here. */
function placesOf(probabilities: readonly number[]): readonly string[] {
  if (probabilities.length === 3) return ["down", "flat", "up"];
  return probabilities.map((_, index) => `outcome ${index + 1}`);
}
