export { type ServedAgents, serveAgents } from "./agent-messages.ts";
export { readAnswer } from "./ask-agent.ts";
export { type CachingGatewayOptions, cachingGateway } from "./caching-gateway.ts";
export { createInProcessGateway, type InProcessGatewayOptions } from "./in-process-gateway.ts";
export type { VersionedGateway } from "./versioned-gateway.ts";
