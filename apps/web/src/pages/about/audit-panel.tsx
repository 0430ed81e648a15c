/** Every change that was made through the API, by whom, the newest first. */
import type { AuditEntry } from "@mycroft/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { callApi } from "../../api/call-api.ts";
import { queryKey } from "../../api/query-client.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";

const columns: readonly Column<AuditEntry>[] = [
  { key: "at", header: "When", cell: ({ at }) => <Time at={at} /> },
  { key: "by", header: "Who", cell: ({ by, role }) => <SafeText text={`${by} (${role})`} foldAt={80} /> },
  { key: "route", header: "What", cell: ({ route }) => <code>{route}</code> },
  {
    key: "target",
    header: "On",
    cell: ({ target }) => <SafeText text={target} foldAt={80} />,
    isSecondary: true,
  },
  {
    key: "status",
    header: "Outcome",
    cell: ({ status }) =>
      status < 400 ? (
        <Badge tone="good" icon="check">
          done
        </Badge>
      ) : (
        <Badge tone="bad" icon="cross">
          {`refused, ${status}`}
        </Badge>
      ),
  },
];

export function AuditPanel() {
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [...queryKey("listAudit"), "pages"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      callApi("listAudit", { query: pageParam === null ? {} : { cursor: pageParam } }, { signal }),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Panel title="What was changed, by whom" isFlush>
      {error !== null && <ErrorNotice error={error} />}
      {data === undefined && error === null && <Skeleton lines={8} label="Loading the changes" />}
      {data !== undefined && entries.length === 0 && <EmptyState title="Nothing yet" />}
      {entries.length > 0 && (
        <Table
          caption="Changes"
          columns={columns}
          rows={entries}
          rowKey={({ requestId, at, route }) => `${requestId} ${at} ${route}`}
        />
      )}
      {hasNextPage && (
        <Button kind="quiet" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older
        </Button>
      )}
    </Panel>
  );
}
