/** One call of the HTTP API, typed by the contract. What is not a success is thrown as an `ApiProblem`. */
import { ApiProblem, problemOf } from "./api-problem.ts";
import { type RouteAnswer, type RouteArgs, type RouteName, routes } from "./routes.ts";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Makes a start safe to repeat. */
  readonly idempotencyKey?: string | undefined;
}

interface LooseArgs {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** @throws {ApiProblem} with the server's code, or OFFLINE when no answer came. */
export async function callApi<Name extends RouteName>(
  name: Name,
  args: RouteArgs<Name>,
  options: CallOptions = {},
): Promise<RouteAnswer<Name>> {
  const [method] = routes[name];
  const { body } = args as LooseArgs;
  const answer = await fetchJson(addressOf(name, args), {
    method,
    ...(options.signal !== undefined && { signal: options.signal }),
    headers: {
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(options.idempotencyKey !== undefined && { "idempotency-key": options.idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // The server holds its answers to the same contract, and both come from one build.
  return answer as RouteAnswer<Name>;
}

/** Where a route is, with its parameters and its query; a slash within a parameter is encoded. */
export function addressOf<Name extends RouteName>(name: Name, args: RouteArgs<Name>): string {
  const { params = {}, query = {} } = args as LooseArgs;
  const path = routes[name][1].replaceAll(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(String(params[key])),
  );
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
  return search.size === 0 ? path : `${path}?${search}`;
}

async function fetchJson(address: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(address, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem({
      status: 0,
      code: "OFFLINE",
      message: "The server does not answer. It may have been stopped, or the connection is lost.",
      retryable: true,
    });
  });
  const text = await response.text();
  const body = parsed(text);
  if (!response.ok) throw problemOf(response.status, body);
  if (body !== undefined) return body;
  throw new ApiProblem({
    status: response.status,
    code: "ANSWER_UNREADABLE",
    message: `What ${address} answered is no JSON.`,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
