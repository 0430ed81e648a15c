/** A host that does the sample project's runs, with a server before it and a client of it, for tests over real HTTP. */
import assert from "node:assert/strict";
import { InProcessBus, InProcessQueue } from "@mycroft/embedded";
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { createInProcessGateway } from "@mycroft/gateways";
import { type Problem, problem } from "@mycroft/protocol";
import {
  Backfills,
  MemoryStore,
  type RunUpdate,
  readRun,
  replayRun,
  runUpdatesTopic,
  Scheduler,
  type Store,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import type { z } from "zod";
import { createKey } from "../../access/api-keys.ts";
import type { Backend } from "../../backend.ts";
import { openServer, type RunningServer } from "../../open-server.ts";
import { sampleProject } from "./sample-project.ts";

export interface RunPlaceOptions {
  /** In memory unless given. */
  readonly store?: Store;
  /** Whether what happens is told; otherwise it has to be found in the store, as when a bus has lost it. */
  readonly hasBus?: boolean;
  readonly port?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export class RunPlace {
  readonly backend: Backend;
  readonly server: RunningServer;
  readonly key: string;
  readonly errors: readonly MycroftError[];
  readonly #end: () => Promise<void>;

  private constructor(
    parts: Pick<RunPlace, "backend" | "server" | "key" | "errors">,
    end: () => Promise<void>,
  ) {
    this.backend = parts.backend;
    this.server = parts.server;
    this.key = parts.key;
    this.errors = parts.errors;
    this.#end = end;
  }

  static async open({ store, hasBus = true, port = 0 }: RunPlaceOptions = {}): Promise<RunPlace> {
    const clock = new SystemClock();
    const kept = store ?? new MemoryStore({ now: () => clock.now() });
    const { functions, schedules } = sampleProject;
    const gateway = createInProcessGateway({ agents: [], functions, policies, market: null });
    const bus = new InProcessBus({ clock });
    const host = await startHost({ store: kept, queue: new InProcessQueue(), bus, clock, gateway });
    const { orchestrator } = host;
    const listeners = new Set<(update: RunUpdate) => void>();
    await bus.subscribe(runUpdatesTopic, { from: "new" }, async ({ body }) => {
      for (const listener of listeners) listener(body as unknown as RunUpdate);
    });
    const provenance = { codeVersion: "test" };
    const common = { store: kept, runs: orchestrator, clock, provenance };
    const scheduler = await Scheduler.open({ ...common, schedules });
    const backfills = await Backfills.open({
      ...common,
      resolve: ({ name }) => {
        const found = schedules.find((one) => one.name === name);
        if (found !== undefined) return found;
        throw new MycroftError("SCHEDULE_UNKNOWN", `There is no schedule ${name}.`);
      },
    });
    const errors: MycroftError[] = [];
    const backend: Backend = {
      controls: {
        ...{ store: kept, orchestrator, scheduler, backfills },
        listPools: async () => orchestrator.pools,
        startWorkflow: async ({ workflow: name, input, asOf = "2026-01-05", ...naming }) => {
          const workflow = sampleProject.workflows.find((one) => one.name === name);
          if (workflow === undefined) throw new MycroftError("WORKFLOW_UNKNOWN", `There is no ${name}.`);
          const { plan, plans: childPlans } = workflow;
          const parsed = workflow.parseInput(input) as never;
          return orchestrator.startRun({
            ...{ plan, childPlans, input: parsed, asOf, provenance },
            ...naming,
          });
        },
        obstacleTo: async () => null,
      },
      project: sampleProject,
      version: "test",
      place: { kind: "folder", text: "memory" },
      market: () => null,
      onUpdate: (listener) => {
        if (hasBus) listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      replay: async (runId) =>
        replayRun(await readRun(kept, runId), gateway, ({ kind }) => kind === "function"),
      experiments: {
        backtest: () => assert.fail("no test of these areas does that"),
        backtestDay: () => assert.fail("no test of these areas does that"),
        evaluation: () => assert.fail("no test of these areas does that"),
      },
      onError: (error) => void errors.push(error),
    };
    const server = await openServer({ backend, listen: { port }, webFolder: null });
    const { key } = await createKey(kept, { name: "tester", role: "operator" }, Date.now());
    return new RunPlace({ backend, server, key, errors }, async () => {
      await server.close();
      await scheduler.close();
      await backfills.close();
      await host.close();
    });
  }

  get store(): Store {
    return this.backend.controls.store;
  }

  async ask(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(`${this.server.address}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** What a route answers, held against its schema. */
  async take<Schema extends z.ZodType>(
    route: { readonly response: Schema },
    path: string,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    const answer = await this.ask(path, body);
    assert.ok(answer.status < 300, `${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
    return route.response.parse(answer.body);
  }

  async refused(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Problem> {
    const answer = await this.ask(path, body, headers);
    assert.ok(answer.status >= 400, `${path} was done: ${JSON.stringify(answer.body).slice(0, 500)}`);
    return problem.parse(answer.body);
  }

  /** Starts a run, and gives its id. */
  async start(
    workflow: string,
    input: unknown,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const { body } = await this.ask("/api/runs", { workflow, input, ...more });
    const { runId } = body as { readonly runId?: string };
    assert.ok(runId !== undefined, JSON.stringify(body));
    return runId;
  }

  async settled(runId: string): Promise<string> {
    await this.backend.controls.orchestrator.waitFor(runId);
    return runId;
  }

  close(): Promise<void> {
    return this.#end();
  }
}
