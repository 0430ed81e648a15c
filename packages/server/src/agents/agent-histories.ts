/**
 * The agents' history on the market data at hand: walked once for each version of data and agents, in turns beside the
 * server's other work, and kept until either changes. Whoever asks meanwhile is told how far it is.
 */
import { setImmediate } from "node:timers/promises";
import { type AgentHistory, walkAgents } from "@mycroft/backtest";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { AgentTrack } from "@mycroft/protocol";
import type { MarketData, Project } from "@mycroft/sdk";
import { trackOf } from "./agent-track.ts";

export interface AgentHistoriesPorts {
  readonly project: Project;
  readonly market: () => MarketData | null;
  /** Is told of a walk that failed. */
  readonly onError: (error: MycroftError) => void;
}

export type HistoryState =
  | { readonly kind: "ready"; readonly history: AgentHistory; readonly tracks: TrackBook }
  /** `share` of the walk is done, 0 to 1. */
  | { readonly kind: "underWay"; readonly share: number }
  | { readonly kind: "absent"; readonly reason: string };

/** By agent; null for one that has none. */
export type TrackBook = ReadonlyMap<string, AgentTrack | null>;

interface Walk {
  readonly key: string;
  readonly abort: AbortController;
  /** Always resolves. */
  readonly ended: Promise<void>;
  state: HistoryState;
}

export class AgentHistories {
  readonly #ports: AgentHistoriesPorts;
  #walk: Walk | null = null;
  #isClosed = false;

  constructor(ports: AgentHistoriesPorts) {
    this.#ports = ports;
  }

  /** Where it stands; begins the walk when there is none for the data and the agents at hand. */
  now(): HistoryState {
    return this.#current()?.state ?? noData;
  }

  /** As `now`, once the walk has ended. */
  async ended(): Promise<HistoryState> {
    const walk = this.#current();
    if (walk === null) return noData;
    await walk.ended;
    return walk.state;
  }

  /** Ends the walk that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#walk?.abort.abort();
    await this.#walk?.ended;
  }

  #current(): Walk | null {
    const market = this.#ports.market();
    if (market === null || this.#isClosed) return null;
    const { agents } = this.#ports.project;
    const key = JSON.stringify([market.hash, agents.map(({ name, version }) => [name, version])]);
    if (this.#walk?.key === key) return this.#walk;
    this.#walk?.abort.abort();
    this.#walk = this.#begin(key, market);
    return this.#walk;
  }

  #begin(key: string, market: MarketData): Walk {
    const abort = new AbortController();
    const { agents } = this.#ports.project;
    const onProgress = (share: number) => {
      walk.state = { kind: "underWay", share };
    };
    const walking = async () => {
      const history = await walkAgents({ agents, market, signal: abort.signal, onProgress });
      const tracks = new Map<string, AgentTrack | null>();
      for (const { name } of agents) {
        tracks.set(name, trackOf(history, name));
        await setImmediate();
      }
      walk.state = { kind: "ready", history, tracks };
    };
    // Not in this turn: whoever asks first has its answer before the work begins.
    const ended = setImmediate()
      .then(walking)
      .catch((thrown: unknown) => {
        walk.state = { kind: "absent", reason: "It could not be made: the server's log says why." };
        if (!abort.signal.aborted) this.#ports.onError(asMycroftError(thrown));
      });
    const walk: Walk = { key, abort, ended, state: { kind: "underWay", share: 0 } };
    return walk;
  }
}

const noData: HistoryState = { kind: "absent", reason: "There is no market data to walk through." };
