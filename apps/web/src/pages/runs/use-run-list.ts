/**
 * The runs that fit the filters: pages as far as somebody has scrolled, and the head asked anew with every live update. Updates
 * never ask for all pages again, however many there are.
 */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiProblem } from "../../api/api-problem.ts";
import { callApi } from "../../api/call-api.ts";
import { queryKey } from "../../api/query-client.ts";
import type { RunFilters } from "./run-filters.ts";
import { appendPage, emptyRunList, type RunList, renewHead } from "./run-list.ts";

/** The first page is to be there soon, the later ones are to be few. */
const firstSize = 100;
const pageSize = 500;
const headSize = 100;

export interface RunListing {
  readonly list: RunList;
  readonly error: Error | null;
  readonly isLoading: boolean;
  /** Asks for the next page, unless it is on its way or there is none. */
  readonly more: () => void;
  readonly retry: () => void;
}

export function useRunList(filters: RunFilters): RunListing {
  const [list, setList] = useState<RunList>(emptyRunList);
  const [error, setError] = useState<Error | null>(null);
  const [isLoading, setIsLoading] = useState(false);
  const loading = useRef(false);
  /** Counts up when the list is made anew: an answer to an older question is no longer wanted. */
  const generation = useRef(0);
  const key = JSON.stringify(filters);

  const restart = useCallback(() => {
    generation.current += 1;
    loading.current = false;
    setList(emptyRunList);
    setError(null);
  }, []);

  const more = useCallback(() => {
    const cursor = list.nextCursor;
    if (loading.current || cursor === null) return;
    loading.current = true;
    setIsLoading(true);
    const asked = generation.current;
    const query = {
      ...(JSON.parse(key) as RunFilters),
      limit: cursor === undefined ? firstSize : pageSize,
      ...(cursor !== undefined && { cursor }),
    };
    const settle = (then: () => void): void => {
      if (asked !== generation.current) return;
      loading.current = false;
      setIsLoading(false);
      then();
    };
    void callApi("listRuns", { query }).then(
      (page) => settle(() => setList((before) => appendPage(before, page))),
      (problem: Error) => settle(() => setError(problem)),
    );
  }, [key, list.nextCursor]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: The list is made anew when the filters are others.
  useEffect(restart, [key, restart]);
  useEffect(() => {
    if (list.nextCursor === undefined && error === null) more();
  }, [list.nextCursor, error, more]);

  const head = useHead(filters, list.nextCursor !== undefined);
  useEffect(() => {
    if (head === undefined) return;
    setList((before) => {
      if (before.nextCursor === undefined) return before;
      const renewed = renewHead(before, head.runs);
      return renewed ?? appendPage(emptyRunList, head);
    });
  }, [head]);

  const retry = useCallback(() => {
    setError(null);
    if (list.nextCursor !== undefined) more();
  }, [list.nextCursor, more]);
  return { list, error, isLoading: isLoading || list.nextCursor === undefined, more, retry };
}

/** Its key is that of `listRuns`: live updates make it stale. */
function useHead(filters: RunFilters, isWanted: boolean) {
  const query = { ...filters, limit: headSize };
  return useQuery<Awaited<ReturnType<typeof callApi<"listRuns">>>, ApiProblem>({
    queryKey: queryKey("listRuns", { query }),
    queryFn: ({ signal }) => callApi("listRuns", { query }, { signal }),
    enabled: isWanted,
  }).data;
}
