/** Addresses of the application's pages, made in one place: every link of a page comes from here. */

export const paths = {
  today: "/",
  runs: "/runs",
  workflows: "/workflows",
  agents: "/agents",
  experiments: "/experiments",
  lab: "/lab",
  about: "/about",
  signIn: "/sign-in",
} as const;

/** @param task opens that task: this is where a number that came out of it links to. */
export function runPath(
  runId: string,
  options: { readonly task?: string | null; readonly tab?: string } = {},
): string {
  return withQuery(`/runs/${encodeURIComponent(runId)}`, options);
}

/** What differs between two runs. Without both, they are to be chosen there. */
export function diffPath(left: string | null, right: string | null): string {
  return withQuery("/runs/diff", { left, right });
}

export function runsPath(filters: Readonly<Record<string, string | undefined>> = {}): string {
  return withQuery(paths.runs, filters);
}

export function decisionPath(runId: string, task: string): string {
  return `/runs/${encodeURIComponent(runId)}/decisions/${encodeURIComponent(task)}`;
}

export function workflowPath(name: string): string {
  return `/workflows/${encodeURIComponent(name)}`;
}

export function agentPath(name: string): string {
  return `/agents/${encodeURIComponent(name)}`;
}

export function comparePath(a: string, b: string): string {
  return withQuery("/agents/compare", { a, b });
}

export function backtestPath(id: string): string {
  return `/experiments/backtests/${encodeURIComponent(id)}`;
}

export function evaluationPath(id: string): string {
  return `/experiments/evaluations/${encodeURIComponent(id)}`;
}

/** Of a recorded decision, or of a company's history. */
export function labPath(
  from: { readonly run: string; readonly task: string } | { readonly subject: string } | null = null,
): string {
  return withQuery(paths.lab, from ?? {});
}

/** Of a company as of a day of its history. */
export function labCasePath(subject: string, asOf: string): string {
  return withQuery(paths.lab, { subject, asOf });
}

/** @param next where to go when it is done. */
export function signInPath(next: string): string {
  return withQuery(paths.signIn, { next });
}

function withQuery(path: string, query: Readonly<Record<string, string | null | undefined>>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, value);
  }
  return search.size === 0 ? path : `${path}?${search}`;
}
