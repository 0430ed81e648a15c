/** A host in memory that does a project's runs, for tests of what is told of them. */
import { InProcessBus, InProcessQueue } from "@mycroft/embedded";
import type { JsonValue } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import { createInProcessGateway } from "@mycroft/gateways";
import { type ForkRun, type Host, MemoryStore, type Store, SystemClock, startHost } from "@mycroft/runtime";
import type { MarketData, Project, Workflow } from "@mycroft/sdk";

export class Workplace {
  readonly store: Store;
  readonly #host: Host;
  readonly #market: MarketData | null;

  private constructor(host: Host, market: MarketData | null) {
    this.store = host.store;
    this.#host = host;
    this.#market = market;
  }

  static async open(project: Project, market: MarketData | null): Promise<Workplace> {
    const clock = new SystemClock();
    const store = new MemoryStore({ now: () => clock.now() });
    const { agents, functions } = project;
    const known = [...policies, ...project.policies];
    const gateway = createInProcessGateway({ agents, functions, policies: known, market });
    const bus = new InProcessBus({ clock });
    const host = await startHost({ store, queue: new InProcessQueue(), bus, clock, gateway });
    return new Workplace(host, market);
  }

  /** Starts a run; it settles later. */
  start(workflow: Workflow, input: unknown, asOf: string): Promise<string> {
    const { plan, plans } = workflow;
    const provenance = {
      codeVersion: "test",
      ...(this.#market === null ? {} : { dataHash: this.#market.hash }),
    };
    const parsed = workflow.parseInput(input) as JsonValue;
    return this.#host.orchestrator.startRun({ plan, childPlans: plans, input: parsed, asOf, provenance });
  }

  /** Does a run to its end, and gives its id. */
  async run(workflow: Workflow, input: unknown, asOf: string): Promise<string> {
    return this.settled(await this.start(workflow, input, asOf));
  }

  async fork(fork: ForkRun): Promise<string> {
    return this.settled(await this.#host.orchestrator.fork(fork));
  }

  async retry(runId: string): Promise<string> {
    return this.settled(await this.#host.orchestrator.retry(runId));
  }

  async cancel(runId: string): Promise<void> {
    await this.#host.orchestrator.cancel(runId, "test");
    await this.settled(runId);
  }

  async settled(runId: string): Promise<string> {
    await this.#host.orchestrator.waitFor(runId);
    return runId;
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}
