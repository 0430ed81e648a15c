export { readAnswer } from "./ask-agent.ts";
export { createInProcessGateway, type InProcessGatewayOptions } from "./in-process-gateway.ts";
