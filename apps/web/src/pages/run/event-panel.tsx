/** One event as it is on record. */
import { useApi } from "../../api/use-api.ts";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { BoundedJson } from "../../design/json-view.tsx";
import { Skeleton } from "../../design/skeleton.tsx";

export function EventPanel({ runId, seq }: { readonly runId: string; readonly seq: number }) {
  // What is on record never changes.
  const answer = useApi("getEvent", { params: { runId, seq } }, { staleMs: Number.POSITIVE_INFINITY });
  if (answer.error !== null)
    return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton label="Loading the event" />;
  return <BoundedJson value={answer.data.event} />;
}
