/** Evaluations as the API gives them: the heading is a document, its view an artifact, and both are kept as long as runs are. */
import { randomBytes } from "node:crypto";
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import {
  apiRoutes,
  type EvaluationBody,
  type EvaluationDetail,
  type EvaluationSummary,
  parseWith,
} from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import { z } from "zod";
import { type EvaluationView, evaluationView } from "./evaluation-view.ts";
import type { EvaluationTask, ExperimentWork } from "./experiment-work.ts";
import type { JobBoard, JobPorts } from "./job-board.ts";

const collection = "evaluations";
const msPerDay = 86_400_000;
const listed = 500;

const headingSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  createdAt: z.string(),
  agents: z.number().int(),
  cases: z.number().int(),
  periods: z.number().int(),
  best: z.string().nullable(),
  /** Null until it is done. */
  reportHash: z.string().nullable(),
  /** How it failed; null unless it did. Earlier versions did not keep it. */
  failed: apiRoutes.getEvaluation.response.shape.job.default(null),
});
type Heading = z.infer<typeof headingSchema>;

export interface EvaluationsPorts {
  readonly store: Store;
  readonly work: ExperimentWork;
  readonly jobs: JobBoard;
  readonly retentionDays: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class Evaluations {
  readonly #ports: EvaluationsPorts;

  constructor(ports: EvaluationsPorts) {
    this.#ports = ports;
  }

  /** The newest first. */
  async list(): Promise<readonly EvaluationSummary[]> {
    const found: EvaluationSummary[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null && found.length < 20 * listed) {
      const page = await this.#ports.store.listDocuments(collection, {
        limit: listed,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { id, value } of page.documents) found.push(this.#summary(id, readHeading(value)));
      cursor = page.nextCursor;
    }
    return found.reverse();
  }

  /** @throws {MycroftError} LIMIT_EXCEEDED. */
  async start({ name, csv, score, delayPeriods, seed }: EvaluationBody): Promise<EvaluationSummary> {
    const { store, jobs, work, now } = this.#ports;
    const at = now();
    // Sorts by time.
    const id = `ev-${String(at).padStart(15, "0")}-${randomBytes(4).toString("hex")}`;
    const heading: Heading = {
      ...{ format: 1, name, createdAt: new Date(at).toISOString(), agents: 0, cases: 0, periods: 0 },
      ...{ best: null, reportHash: null, failed: null },
    };
    const task: EvaluationTask = {
      ...{ csv: csv ?? null, score: score ?? null, delayPeriods: delayPeriods ?? null, seed: seed ?? null },
    };
    const begun = Promise.withResolvers<void>();
    const evaluate = async (ports: JobPorts) => {
      // What it writes in the end must not come before the beginning.
      await begun.promise;
      const evaluation = await work.evaluation(task, ports);
      const reportHash = await store.putArtifact(evaluationView(evaluation) as unknown as JsonValue);
      const { agents, cases, periods, competitors } = evaluation;
      const found = { agents: agents.length, cases, periods: periods.length };
      await this.#put(id, { ...heading, ...found, best: competitors[0]?.name ?? null, reportHash });
    };
    jobs.start(id, evaluate, {
      onFailed: async (failed) => {
        // One that never began is not on record.
        await begun.promise.then(
          () => this.#put(id, { ...heading, failed }),
          () => {},
        );
      },
    });
    await this.#put(id, heading).then(
      () => begun.resolve(),
      (thrown: unknown) => {
        begun.reject(thrown);
        throw thrown;
      },
    );
    return this.#summary(id, heading);
  }

  /** @throws {MycroftError} NOT_FOUND. */
  async get(id: string): Promise<EvaluationDetail> {
    const heading = await this.#heading(id);
    const { reportHash } = heading;
    const report = reportHash === null ? undefined : await this.#ports.store.getArtifact(reportHash);
    const summary = this.#summary(id, heading);
    // Only a view has that hash.
    return { ...summary, report: report === undefined ? null : (report as unknown as EvaluationView) };
  }

  /** Ends it where it is under way. @throws {MycroftError} NOT_FOUND. */
  async forget(id: string): Promise<void> {
    await this.#heading(id);
    await this.#ports.jobs.cancel(id);
    this.#ports.jobs.forget(id);
    await this.#ports.store.putDocument({ collection, id, replaces: null, value: null });
  }

  async #heading(id: string): Promise<Heading> {
    const found = await this.#ports.store.getDocument(collection, id);
    if (found !== undefined) return readHeading(found.value);
    throw new MycroftError("NOT_FOUND", `There is no evaluation ${JSON.stringify(id)} on record.`, {
      details: { id },
    });
  }

  #put(id: string, value: Heading): Promise<unknown> {
    const expiresAt = this.#ports.now() + this.#ports.retentionDays * msPerDay;
    return this.#ports.store.putDocument({ collection, id, replaces: null, value, expiresAt });
  }

  #summary(id: string, heading: Heading): EvaluationSummary {
    const { name, createdAt, agents, cases, periods, best, failed } = heading;
    const job = this.#ports.jobs.stateOf(id) ?? failed;
    return { id, name, createdAt, agents, cases, periods, best, job };
  }
}

function readHeading(value: unknown): Heading {
  return parseWith(headingSchema, value, "An evaluation on record", "STORE_DAMAGED");
}
