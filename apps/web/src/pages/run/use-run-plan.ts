/** The plan that a run is pinned to, which never changes. */
import { useApi } from "../../api/use-api.ts";
import type { RunView } from "./use-run-view.ts";

export function useRunPlan(view: RunView) {
  return useApi("getPlan", { params: { id: view.run.planHash } }, { staleMs: Number.POSITIVE_INFINITY });
}
