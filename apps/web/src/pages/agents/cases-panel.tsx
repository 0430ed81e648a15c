/** The cases of history that an agent's figures, or those of two agents head to head, are made of; each opens in the Lab. */
import "./agents.css";
import type { AgentCases } from "@mycroft/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callApi } from "../../api/call-api.ts";
import { queryKey } from "../../api/query-client.ts";
import { DistributionStrip } from "../../charts/distribution-bars.tsx";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select } from "../../design/field.tsx";
import { formatNumber, formatPlural, formatSigned, formatSignedPercent } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SideBadge } from "../../design/side-badge.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { plainText } from "../../design/visible-text.ts";
import { CaseLink } from "./case-link.tsx";

/** What numbers on the page link to. */
export const casesId = "cases";

type Case = AgentCases["cases"][number];
type Sort = "newest" | "best" | "worst";

const sorts: readonly { readonly value: Sort; readonly label: string }[] = [
  { value: "newest", label: "newest first" },
  { value: "worst", label: "worst scores first" },
  { value: "best", label: "best scores first" },
];

interface CasesPanelProps {
  readonly agent: string;
  readonly against?: string;
  /** Of the grid, the oldest first. */
  readonly days: readonly string[];
}

export function CasesPanel({ agent, against, days }: CasesPanelProps) {
  const [day, setDay] = useState("");
  const [sort, setSort] = useState<Sort>("newest");
  const query = { sort, ...(against !== undefined && { against }), ...(day !== "" && { day }) };
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...queryKey("listAgentCases", { params: { name: agent }, query }), "pages"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      callApi(
        "listAgentCases",
        { params: { name: agent }, query: { ...query, ...(pageParam !== null && { cursor: pageParam }) } },
        { signal },
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const [first] = data?.pages ?? [];
  const cases = data?.pages.flatMap((page) => page.cases) ?? [];
  return (
    <Panel
      title="The cases behind these figures"
      anchor={casesId}
      about="What was said of a company as of a day, and what followed. A case opens in the Lab, where the agents are asked again."
      isFlush
    >
      <div className="cases-choice">
        <Select
          label="Day"
          value={day}
          choices={[
            { value: "", label: "all days" },
            ...days.toReversed().map((one) => ({ value: one, label: one })),
          ]}
          onChange={setDay}
        />
        <Select
          label="In order"
          value={sort}
          choices={sorts}
          onChange={(value) => setSort(sorts.find((one) => one.value === value)?.value ?? "newest")}
        />
      </div>
      {error !== null && (
        <ErrorNotice title="The cases could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton lines={6} label="Loading the cases" />}
      {first !== undefined && (
        <Table
          caption="Cases"
          columns={columnsOf(first)}
          rows={cases}
          rowKey={({ subject, day: of }) => `${of} ${subject}`}
        />
      )}
      {first !== undefined && (
        <p className="agents-foot">
          <span className="quiet">
            {cases.length === first.total
              ? formatPlural(first.total, "case")
              : `${cases.length} of ${formatPlural(first.total, "case")}`}
          </span>
          {hasNextPage && (
            <Button size="small" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              More
            </Button>
          )}
        </p>
      )}
    </Panel>
  );
}

function columnsOf({ agent, against, outcomes }: AgentCases): readonly Column<Case>[] {
  const strip = (name: string, probabilities: readonly number[]) => (
    <div className="opinion-strip">
      <DistributionStrip outcomes={outcomes} probabilities={probabilities} label={plainText(name, 40)} />
    </div>
  );
  const isPair = against !== null;
  const otherName = against ?? "Base rates";
  return [
    {
      key: "case",
      header: "Case",
      cell: ({ subject, asOf }) => <CaseLink subject={subject} asOf={asOf} />,
    },
    {
      key: "said",
      header: isPair ? plainText(agent, 30) : "It said",
      cell: ({ probabilities }) => strip(agent, probabilities),
    },
    {
      key: "other",
      header: plainText(otherName, 30),
      cell: ({ other, usual }) => strip(otherName, other?.probabilities ?? usual),
      isSecondary: true,
    },
    {
      key: "followed",
      header: "What followed",
      cell: ({ outcome }) => (
        <span className="case-outcome">
          <SideBadge side={sideOf(outcome.index, outcomes.length)} outcomes={outcomes} />
          <span className="number" title={`by ${outcome.date}`}>
            {formatSignedPercent(outcome.return)}
          </span>
        </span>
      ),
    },
    {
      key: "score",
      header: isPair ? `${plainText(agent, 20)}'s score` : "Score",
      align: "end",
      cell: ({ score }) => formatNumber(score, 4),
    },
    {
      key: "reference",
      header: isPair ? `${plainText(otherName, 20)}'s` : "Base rates'",
      align: "end",
      cell: ({ other, reference }) => formatNumber(other?.score ?? reference, 4),
      isSecondary: true,
    },
    {
      key: "difference",
      header: "Difference",
      align: "end",
      cell: ({ score, other, reference }) => formatSigned(score - (other?.score ?? reference), 4),
      isSecondary: true,
    },
  ];
}

function sideOf(index: number, outcomes: number): "lower" | "middle" | "upper" {
  const middle = (outcomes - 1) / 2;
  if (index === middle) return "middle";
  return index < middle ? "lower" : "upper";
}
