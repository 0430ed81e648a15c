/** The other decisions of the same run: the one before, the one after, and how many there are. */

import { Link } from "react-router";
import { useApi } from "../../api/use-api.ts";
import { decisionPath } from "../../app/paths.ts";
import { Name } from "../../design/name.tsx";

export function Neighbours({ runId, task }: { readonly runId: string; readonly task: string }) {
  const { data } = useApi("listRunDecisions", { params: { runId } });
  const decisions = data?.decisions ?? [];
  const place = decisions.findIndex((one) => one.runId === runId && one.task === task);
  if (place === -1 || decisions.length < 2) return null;
  const before = decisions[place - 1];
  const after = decisions[place + 1];
  return (
    <>
      {" / "}
      {before !== undefined && (
        <>
          <Link to={decisionPath(before.runId, before.task)}>
            ← <Name name={before.subject} maxLength={20} />
          </Link>{" "}
        </>
      )}
      {place + 1} of {decisions.length}
      {after !== undefined && (
        <>
          {" "}
          <Link to={decisionPath(after.runId, after.task)}>
            <Name name={after.subject} maxLength={20} /> →
          </Link>
        </>
      )}
    </>
  );
}
