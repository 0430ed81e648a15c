/** Reaches a project's agents, functions and policies, and shows each run the market data that it began with (P5). */
import { policies } from "@mycroft/ensemble";
import type { MycroftError } from "@mycroft/errors";
import { cachingGateway, createInProcessGateway, serveAgents } from "@mycroft/gateways";
import type { AttemptOutcome, Clock, Gateway, Messenger, Store } from "@mycroft/runtime";
import type { MarketData, Project } from "@mycroft/sdk";
import type { MarketFeed } from "./market-feed.ts";
import { RunData } from "./run-data.ts";

export interface ProjectGatewayOptions {
  readonly project: Project;
  readonly feed: MarketFeed;
  readonly store: Store;
  readonly clock: Clock;
  /** The way from agent to agent; there is none unless given. */
  readonly messenger?: Messenger;
  readonly onError?: ((error: MycroftError) => void) | undefined;
}

export function projectGateway(options: ProjectGatewayOptions): Gateway {
  const { feed } = options;
  return feed.isFixed ? gatewayOver(feed.current, options) : new FedGateway(options);
}

/** Makes the project's agents reachable for each other, each message with the data that its run began with. */
export function serveProject(
  messenger: Messenger,
  { project, feed }: Pick<ProjectGatewayOptions, "project" | "feed">,
): Promise<void> {
  const marketOf = (dataHash: string | null) =>
    feed.isFixed ? feed.current : feed.find(dataHash ?? undefined);
  return serveAgents(messenger, { agents: project.agents, marketOf });
}

/** A gateway for each version of the data, made when a run needs it. */
class FedGateway implements Gateway {
  readonly #options: ProjectGatewayOptions;
  readonly #gateways = new WeakMap<MarketData, Gateway>();
  readonly #data: RunData;

  constructor(options: ProjectGatewayOptions) {
    this.#options = options;
    this.#data = new RunData(options.store);
  }

  async execute(...[request, control]: Parameters<Gateway["execute"]>): Promise<AttemptOutcome> {
    const hash = await this.#data.hashOf(request.runId);
    const market = this.#options.feed.find(hash);
    if (market === undefined || market === null) return lost(request.runId);
    let gateway = this.#gateways.get(market);
    if (gateway === undefined) {
      gateway = gatewayOver(market, this.#options);
      this.#gateways.set(market, gateway);
    }
    return gateway.execute(request, control);
  }
}

function gatewayOver(
  market: MarketData | null,
  { project, store, clock, messenger, onError = () => {} }: ProjectGatewayOptions,
): Gateway {
  const { agents, functions } = project;
  const known = [...policies, ...project.policies];
  const gateway = createInProcessGateway({ agents, functions, policies: known, market, messenger });
  return cachingGateway(gateway, { store, clock, dataHash: market?.hash ?? null, onError });
}

/** Runs on other data are withheld, so this is a last line of defence. */
function lost(runId: string): AttemptOutcome {
  const message = `Run ${runId} began with other market data than this process has.`;
  return { ok: false, error: { code: "RUN_WITHHELD", message, retryable: false } };
}
