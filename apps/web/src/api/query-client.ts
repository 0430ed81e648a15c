/** The one cache of answers, and the one place that says how a question's key is made. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./api-problem.ts";
import type { QueryName, RouteArgs } from "./routes.ts";

/** The key of a route's answer; without `args`, of all its answers. */
export function queryKey<Name extends QueryName>(name: Name, args?: RouteArgs<Name>): readonly unknown[] {
  return args === undefined ? [name] : [name, args];
}

/** @param onSignedOut is called when an answer says that the session is over. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: Error): void => {
    if (error instanceof ApiProblem && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // The server may well be this machine: a browser that is offline still reaches it.
        networkMode: "always",
        // Live updates say when an answer is no longer true; this only bounds how long a missed one can last.
        staleTime: 60_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiProblem && error.retryable && error.status !== 429,
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
