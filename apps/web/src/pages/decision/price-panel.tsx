/** The price around the decision: what was known then, and apart from it what happened after, over the decision's horizon. */

import type { DecisionDetail } from "@mycroft/protocol";
import { useMemo } from "react";
import { useApi } from "../../api/use-api.ts";
import { sideLook } from "../../charts/outcome-look.ts";
import { PriceChart } from "../../charts/price-chart.tsx";
import { Badge } from "../../design/badge.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { formatNumber, formatPercent, formatPlural } from "../../design/format.ts";
import { Name } from "../../design/name.tsx";
import { Panel } from "../../design/panel.tsx";
import { Percent } from "../../design/percent.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { SkeletonBlock } from "../../design/skeleton.tsx";
import { addDays } from "./calendar-days.ts";

/** How much is shown around the horizon, in horizons, so that it is seen well; at least half a year before. */
const horizonsBefore = 12;
const horizonsAfter = 2;
const leastDaysBefore = 180;

export function PricePanel({ detail }: { readonly detail: DecisionDetail }) {
  const { subject, asOf, horizonDays } = detail.summary;
  const end = addDays(asOf, horizonDays);
  const daysBefore = Math.max(leastDaysBefore, horizonsBefore * horizonDays);
  const query = { from: addDays(asOf, -daysBefore), to: addDays(end, horizonsAfter * horizonDays) };
  const { data, error, refetch } = useApi(
    "getPrices",
    { params: { name: subject }, query },
    { staleMs: 10 * 60_000 },
  );
  const days = useMemo(
    () => data?.bars.map(({ date, adjClose }) => ({ date, price: adjClose })) ?? [],
    [data],
  );
  const last = days.findLast(({ date }) => date <= asOf);
  return (
    <Panel
      title="The price"
      about={
        data === undefined ? undefined : (
          <>
            Adjusted close
            {last !== undefined && `, ${formatNumber(last.price)} on ${last.date}`}; from{" "}
            <SafeText text={data.source} foldAt={80} />.
          </>
        )
      }
      actions={<Outcome detail={detail} />}
    >
      {error !== null && error.status !== 404 && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {error?.status === 404 && (
        <EmptyState title="No prices here">
          The market data of this project does not have <SafeText text={subject} />.
        </EmptyState>
      )}
      {data === undefined && error === null && <SkeletonBlock heightRem={18} />}
      {data !== undefined && days.length === 0 && <EmptyState title="No prices around that day" />}
      {days.length > 0 && (
        <PriceChart
          label={`Price of ${subject} around ${asOf}, with the end of the horizon on ${end}`}
          days={days}
          knownTo={asOf}
          marks={
            days.some(({ date }) => date > asOf)
              ? [{ date: end, label: `${formatPlural(horizonDays, "day")} later` }]
              : []
          }
        />
      )}
    </Panel>
  );
}

function Outcome({ detail }: { readonly detail: DecisionDetail }) {
  const { outcome, summary } = detail;
  if (outcome === null) return <Badge>what followed is not known</Badge>;
  const count = summary.outcomes.length;
  const place = count < 2 ? 0 : (2 * outcome.index) / (count - 1) - 1;
  const { icon, tone } = sideLook(place < 0 ? "lower" : place > 0 ? "upper" : "middle");
  const given = summary.probabilities?.[outcome.index];
  return (
    <span className="row outcome">
      <span className="quiet">what followed, unknown to the agents:</span>
      <Badge tone={tone} icon={icon}>
        <Name name={outcome.name} maxLength={30} />
      </Badge>
      <span>
        <Percent value={outcome.return} isSigned /> by {outcome.date}
        {given !== undefined && <span className="quiet">, given {formatPercent(given)}</span>}
      </span>
    </span>
  );
}
