/** Where a case comes from when it was not made up here: a decision on record, which is resolved again and compared. */
import type { DecisionDetail } from "@mycroft/protocol";
import { useEffect, useEffectEvent, useState } from "react";
import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { decisionPath, runPath } from "../../app/paths.ts";
import { Badge } from "../../design/badge.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import type { LabCase } from "./lab-case.ts";
import { caseOfDecision, isSameJson } from "./recorded-case.ts";
import type { PolicyResult } from "./resolve-all.ts";

interface RecordedOriginProps {
  readonly run: string;
  readonly task: string;
  readonly given: LabCase;
  readonly results: readonly PolicyResult[];
  /** False when the state was kept from an earlier visit of this address: then it is not put in anew. */
  readonly isFresh: boolean;
  readonly onCase: (given: LabCase) => void;
}

export function RecordedOrigin({ run, task, given, results, isFresh, onCase }: RecordedOriginProps) {
  const decision = useApi(
    "getDecision",
    { params: { runId: run, task } },
    { staleMs: Number.POSITIVE_INFINITY },
  );
  const [failure, setFailure] = useState<unknown>(null);
  const take = useEffectEvent((detail: DecisionDetail) => {
    try {
      onCase(caseOfDecision(detail));
      setFailure(null);
    } catch (error) {
      setFailure(error);
    }
  });
  const { data } = decision;
  useEffect(() => {
    if (data !== undefined && isFresh) take(data);
  }, [data, isFresh]);
  if (decision.error !== null) {
    return (
      <ErrorNotice
        title="The decision could not be loaded"
        error={decision.error}
        onRetry={() => void decision.refetch()}
      />
    );
  }
  if (failure !== null) return <ErrorNotice title="This decision is not for the Lab" error={failure} />;
  if (data === undefined) return <Skeleton lines={1} label="Loading the decision" />;
  const { summary } = data;
  return (
    <p className="lab-origin">
      <span>
        The decision on{" "}
        <Link to={decisionPath(run, task)}>
          <SafeText text={summary.subject} foldAt={32} /> of {summary.asOf}
        </Link>
        , from <Link to={runPath(run, { task })}>its run</Link>, resolved there by{" "}
        <strong>{summary.policy}</strong>.
      </span>
      <Verdict detail={data} given={given} results={results} />
    </p>
  );
}

/** Whether the Lab computes what the run did, byte for byte; once the case is changed, there is nothing to compare. */
function Verdict({
  detail,
  given,
  results,
}: { detail: DecisionDetail } & Pick<RecordedOriginProps, "given" | "results">) {
  const recorded = detail.request;
  if (recorded === null || !("value" in recorded) || given.policy === null) return null;
  if (!isSameJson(given.request, recorded.value)) return <Badge>changed by hand</Badge>;
  const result = results.find(({ policy }) => policy.name === given.policy);
  if (result?.resolution === null || result === undefined) return null;
  if (isSameJson(result.resolution, detail.resolution)) {
    return (
      <Badge tone="good" icon="check">
        computed here: the same as on record, byte for byte
      </Badge>
    );
  }
  return (
    <Badge tone="warn" icon="warning">
      computed here: not the same as on record
    </Badge>
  );
}
