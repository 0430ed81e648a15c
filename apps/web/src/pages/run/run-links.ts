/** Addresses within a run's page that only these pages make. */
import { runPath } from "../../app/paths.ts";

/** Opens the run with a node of its graph chosen, so that its tasks are listed. */
export function runNodePath(runId: string, node: string): string {
  const path = runPath(runId);
  return `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams({ node })}`;
}
