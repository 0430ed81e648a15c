/** Every route of the HTTP API. The server registers just these; its OpenAPI document and its tests are made from them. */
import { accessRoutes } from "./access-routes.ts";
import { agentRoutes } from "./agent-routes.ts";
import { decisionRoutes } from "./decision-routes.ts";
import { experimentRoutes } from "./experiment-routes.ts";
import { runRoutes } from "./run-routes.ts";
import { workflowRoutes } from "./workflow-routes.ts";

export const apiRoutes = {
  ...accessRoutes,
  ...runRoutes,
  ...decisionRoutes,
  ...workflowRoutes,
  ...agentRoutes,
  ...experimentRoutes,
} as const;

export type RouteName = keyof typeof apiRoutes;
