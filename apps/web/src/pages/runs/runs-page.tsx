/** All runs, the newest first: as many as there are, live, found by workflow, status, tag and the beginning of their ids. */
import { Link, useSearchParams } from "react-router";
import { Page } from "../../app/page.tsx";
import { runPath, runsPath } from "../../app/paths.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { type RunFilters, readFilters } from "./run-filters.ts";
import { RunRows } from "./run-rows.tsx";
import { useRunList } from "./use-run-list.ts";

export function RunsPage() {
  const [search, setSearch] = useSearchParams();
  const filters = readFilters(search);
  const listing = useRunList(filters);
  const onFilter = (next: RunFilters): void =>
    setSearch(new URLSearchParams(Object.entries(next).filter(([, value]) => value !== "")), {
      replace: true,
    });
  const { parent } = filters;
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page
      title={parent === undefined ? "Runs" : "Child runs"}
      {...(parent !== undefined && {
        trail: (
          <>
            <Link to={runsPath()}>Runs</Link> / <Link to={runPath(parent)}>{parent}</Link>
          </>
        ),
      })}
      about={
        parent === undefined
          ? "Every execution of a workflow that is on record. Child runs are found with the run that started them."
          : "The runs that this run has started."
      }
    >
      <FilterBar filters={filters} onFilter={onFilter} />
      {listing.error !== null && (
        <ErrorNotice error={listing.error} title="Runs could not be listed" onRetry={listing.retry} />
      )}
      {listing.list.runs.length > 0 && <RunRows listing={listing} />}
      {listing.list.runs.length === 0 && listing.error === null && (
        <NoRuns isLoading={listing.isLoading} isFiltered={isFiltered} />
      )}
    </Page>
  );
}

function NoRuns({ isLoading, isFiltered }: { readonly isLoading: boolean; readonly isFiltered: boolean }) {
  if (isLoading) return <Skeleton lines={8} label="Loading runs" />;
  if (isFiltered) {
    return (
      <EmptyState title="No run fits these filters" action={<Link to={runsPath()}>Show all runs</Link>}>
        Ids are matched by their beginning, tags and workflows as a whole.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing has run yet" action={<Link to="/workflows">Choose a workflow to run</Link>}>
      Runs appear here the moment that they start, whoever starts them.
    </EmptyState>
  );
}
