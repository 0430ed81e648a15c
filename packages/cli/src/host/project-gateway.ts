/** Reaches a project's agents, functions and policies, and shows each run the market data that it began with (P5). */
import { policies } from "@mycroft/ensemble";
import type { MycroftError } from "@mycroft/errors";
import { cachingGateway, createInProcessGateway, serveAgents } from "@mycroft/gateways";
import type { AttemptOutcome, Clock, Gateway, Messenger, Store } from "@mycroft/runtime";
import type { MarketData, Project } from "@mycroft/sdk";
import type { MarketFeed } from "./market-feed.ts";
import { rootOf } from "./run-activity.ts";

export interface ProjectGatewayOptions {
  readonly project: Project;
  readonly feed: MarketFeed;
  readonly store: Store;
  readonly clock: Clock;
  /** The way from agent to agent; there is none unless given. */
  readonly messenger?: Messenger;
  readonly onError?: ((error: MycroftError) => void) | undefined;
}

/** How many runs are remembered with their data. */
const rememberedRuns = 10_000;

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
  readonly #hashes = new Map<string, string | undefined>();

  constructor(options: ProjectGatewayOptions) {
    this.#options = options;
  }

  async execute(...[request, control]: Parameters<Gateway["execute"]>): Promise<AttemptOutcome> {
    const hash = await this.#hashOf(rootOf(request.runId));
    const market = this.#options.feed.find(hash);
    if (market === undefined || market === null) return lost(request.runId);
    let gateway = this.#gateways.get(market);
    if (gateway === undefined) {
      gateway = gatewayOver(market, this.#options);
      this.#gateways.set(market, gateway);
    }
    return gateway.execute(request, control);
  }

  async #hashOf(runId: string): Promise<string | undefined> {
    if (this.#hashes.has(runId)) return this.#hashes.get(runId);
    const hash = (await this.#options.store.getRun(runId))?.provenance.dataHash;
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size >= rememberedRuns && oldest !== undefined) this.#hashes.delete(oldest);
    this.#hashes.set(runId, hash);
    return hash;
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
