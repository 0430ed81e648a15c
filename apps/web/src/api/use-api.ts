/** Questions to the API and changes by it, as React components use them. */
import {
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { ApiProblem } from "./api-problem.ts";
import { type CallOptions, callApi } from "./call-api.ts";
import { queryKey } from "./query-client.ts";
import type { QueryName, RouteAnswer, RouteArgs, RouteName } from "./routes.ts";

export interface AskOptions<Answer = unknown> {
  /** False: it is not asked. */
  readonly enabled?: boolean;
  /** Asked anew every so often, for what no live update tells; as the answer at hand says, if it is a function. */
  readonly everyMs?: number | false | ((answer: Answer | undefined) => number | false);
  /** Keeps showing the answer before while another is asked for. */
  readonly keepsPrevious?: boolean;
  /** How long an answer is taken for true without asking again; Infinity for what never changes. */
  readonly staleMs?: number;
}

/** The answer to a question, kept and shared by all who ask the same. */
export function useApi<Name extends QueryName>(
  name: Name,
  args: RouteArgs<Name>,
  options: AskOptions<RouteAnswer<Name>> = {},
): UseQueryResult<RouteAnswer<Name>, ApiProblem> {
  const { enabled = true, everyMs = false, keepsPrevious = false, staleMs } = options;
  return useQuery<RouteAnswer<Name>, ApiProblem, RouteAnswer<Name>, QueryKey>({
    queryKey: queryKey(name, args),
    queryFn: ({ signal }) => callApi(name, args, { signal }),
    enabled,
    refetchInterval: typeof everyMs === "function" ? ({ state }) => everyMs(state.data) : everyMs,
    ...(keepsPrevious && { placeholderData: (previous) => previous }),
    ...(staleMs !== undefined && { staleTime: staleMs }),
  });
}

/** A change. When it is done, the answers of the routes in `renews` are asked for anew. */
export function useChange<Name extends RouteName>(
  name: Name,
  options: { readonly renews?: readonly QueryName[] } = {},
): UseMutationResult<RouteAnswer<Name>, ApiProblem, RouteArgs<Name> & CallOptions> {
  const client = useQueryClient();
  return useMutation<RouteAnswer<Name>, ApiProblem, RouteArgs<Name> & CallOptions>({
    mutationFn: (args) => callApi(name, args, { idempotencyKey: args.idempotencyKey }),
    onSuccess: async () => {
      const renewed = (options.renews ?? []).map((route) =>
        client.invalidateQueries({ queryKey: queryKey(route) }),
      );
      await Promise.all(renewed);
    },
  });
}
