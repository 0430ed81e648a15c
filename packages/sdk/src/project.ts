/** `defineConfig()`: what a user's `mycroft.config.ts` exports, checked once. It is declarative: hosts load and open. */
import { policies as builtInPolicies, type Policy } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { entityName, parseWith } from "@mycroft/protocol";
import { z } from "zod";
import type { AgentDefinition, FunctionDefinition } from "./agent.ts";
import type { MarketData } from "./market-view.ts";
import type { Schedule } from "./schedule.ts";
import { isWorkflow, type Workflow } from "./workflow.ts";

/** A CSV file of dated facts about companies: `symbol`, the day on which a row was known, and named numbers. */
export interface FactFile {
  /** Relative to the configuration file. */
  readonly path: string;
  /** `sentiment`, `fundamentals`, or a kind of one's own; found from the columns unless given. */
  readonly kind?: string;
}

/** CSV files in the long format: `date, symbol, close` and optionally `open, high, low, adj_close, volume`. */
export interface CsvData {
  /** Paths, relative to the configuration file. */
  readonly csv: readonly string[];
  /** The symbol of files that have no symbol column. */
  readonly symbol?: string;
  /** The symbol of the market's index. */
  readonly index?: string;
  /** Dated facts beside the prices: what agents such as `sentiment` and `fundamentals` read. */
  readonly facts?: readonly (string | FactFile)[];
  /** Whether a bad row is fatal; bad rows are reported and left out unless given. */
  readonly strict?: boolean;
}

export type DataSource = CsvData | MarketData | "bundled";

/** How many attempts of a pool are under way at once: 1 to 100,000. */
export interface PoolSettings {
  readonly slots: number;
}

/** An agent is called at most this often (1 to 1,000,000 times) within this time (1 ms to 30 days), evenly spaced. */
export interface RateLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** Where runs are kept and what carries tasks and messages, when several machines work together. */
export interface HostConfig {
  /** `postgres://USER:PASSWORD@HOST:5432/DATABASE`. Without it, runs are kept in `folder`. */
  readonly store?: string;
  /** `redis://USER:PASSWORD@HOST:6379/0`: needed by whatever executes or advances runs. */
  readonly queue?: string;
  /** As `queue`, which it is unless given. */
  readonly bus?: string;
  /** Keeps clusters on the same servers apart: `mycroft` unless given. */
  readonly cluster?: string;
}

export interface ProjectConfig {
  /** Those that child runs are of need not be among them. */
  readonly workflows: readonly Workflow[];
  /** Agents that workflows ask by name. Those given as definitions in workflows need not be repeated. */
  readonly agents?: readonly AgentDefinition[];
  /** Functions that definitions written as JSON call by name; those that `call` was given need not be repeated. */
  readonly functions?: readonly FunctionDefinition[];
  /** Policies beside the built-in ones; those given as definitions in workflows need not be repeated. */
  readonly policies?: readonly Policy[];
  /** When workflows are run by themselves. Their workflows need not be repeated. */
  readonly schedules?: readonly Schedule[];
  /** By name. The pool `default`, for steps that name none, is always there. */
  readonly pools?: Readonly<Record<string, PoolSettings>>;
  /** By the agents' names. */
  readonly rateLimits?: Readonly<Record<string, RateLimit>>;
  /** The market data that agents see: the bundled set, CSV files, or data of one's own. None unless given. */
  readonly data?: DataSource;
  /** Where runs and artifacts are kept, relative to the configuration file; `.mycroft` unless given. */
  readonly folder?: string;
  /** Unless the command line or the environment says otherwise. One process and `folder` unless given. */
  readonly host?: HostConfig;
  /** Settled runs are forgotten after this many days: 1 to 36,500; 365 unless given. */
  readonly retentionDays?: number;
}

/** A checked configuration with its defaults filled in and what its workflows bring along added. */
export interface Project {
  readonly kind: "project";
  readonly workflows: readonly Workflow[];
  readonly agents: readonly AgentDefinition[];
  readonly functions: readonly FunctionDefinition[];
  /** Those beside the built-in ones. */
  readonly policies: readonly Policy[];
  readonly schedules: readonly Schedule[];
  readonly pools: Readonly<Record<string, PoolSettings>>;
  readonly rateLimits: Readonly<Record<string, RateLimit>>;
  readonly data: DataSource | null;
  readonly folder: string;
  readonly host: HostConfig;
  readonly retentionDays: number;
}

const factFile = z.strictObject({ path: z.string().min(1), kind: entityName.optional() });

const csvData = z.strictObject({
  csv: z.array(z.string().min(1)).min(1).max(1_000),
  symbol: z.string().min(1).optional(),
  index: z.string().min(1).optional(),
  facts: z
    .array(z.union([z.string().min(1), factFile]))
    .max(1_000)
    .optional(),
  strict: z.boolean().optional(),
});

const marketData = z.custom<MarketData>((value) => {
  if (typeof value !== "object" || value === null) return false;
  const { hash, asOf } = value as { readonly hash?: unknown; readonly asOf?: unknown };
  return typeof hash === "string" && typeof asOf === "function";
});

const pool = z.strictObject({ slots: z.number().int().min(1).max(100_000) });

const rateLimit = z.strictObject({
  calls: z.number().int().min(1).max(1_000_000),
  perMs: z
    .number()
    .int()
    .min(1)
    .max(30 * 24 * 3_600_000),
});

/** What the texts say is checked by whoever connects: they may hold passwords, which no message may show. */
const hostSetting = z.string().min(1).exactOptional();
const host = z.strictObject({
  store: hostSetting,
  queue: hostSetting,
  bus: hostSetting,
  cluster: hostSetting,
});

const configShape = z.strictObject({
  workflows: z.array(z.unknown()).max(10_000),
  agents: z.array(z.unknown()).max(10_000).default([]),
  functions: z.array(z.unknown()).max(10_000).default([]),
  policies: z.array(z.unknown()).max(1_000).default([]),
  schedules: z.array(z.unknown()).max(10_000).default([]),
  pools: z.record(entityName, pool).default({}),
  rateLimits: z.record(entityName, rateLimit).default({}),
  data: z
    .union([z.literal("bundled"), marketData, csvData], {
      error: 'data must be "bundled", { csv: [...] } or market data',
    })
    .optional(),
  folder: z.string().min(1).max(4_096).default(".mycroft"),
  host: host.default({}),
  retentionDays: z.number().int().min(1).max(36_500).default(365),
});

/**
 * @param config checked here, since configuration files need not be TypeScript.
 * @throws {MycroftError} CONFIG_INVALID naming the entry: an unknown setting, something that is no workflow (agent,
 *   function, policy, schedule), or a name that two different ones have.
 */
export function defineConfig(config: ProjectConfig): Project {
  const parsed = parseWith(configShape, config, "The configuration", "CONFIG_INVALID");
  const schedules = distinct("schedules", readEntries("schedules", config.schedules ?? [], isSchedule));
  const workflows = distinct("workflows", [
    ...readEntries("workflows", config.workflows, isWorkflow),
    ...schedules.map((schedule) => schedule.workflow),
  ]);
  const agents = readEntries("agents", config.agents ?? [], isAgent);
  const functions = readEntries("functions", config.functions ?? [], isFunction);
  const policies = readEntries("policies", config.policies ?? [], isPolicy);
  return {
    kind: "project",
    workflows,
    agents: distinct("agents", [...agents, ...workflows.flatMap((workflow) => workflow.agents)]),
    functions: distinct("functions", [...functions, ...workflows.flatMap((workflow) => workflow.functions)]),
    policies: distinct("policies", [
      ...builtInPolicies,
      ...policies,
      ...workflows.flatMap((workflow) => workflow.policies),
    ]).filter((policy) => !builtInPolicies.includes(policy)),
    schedules,
    pools: parsed.pools,
    rateLimits: parsed.rateLimits,
    data: config.data ?? null,
    folder: parsed.folder,
    host: parsed.host,
    retentionDays: parsed.retentionDays,
  };
}

type ListName = "workflows" | "agents" | "functions" | "policies" | "schedules";

const makers: Readonly<Record<ListName, string>> = {
  workflows: "a workflow (made by workflow())",
  agents: "an agent (made by defineAgent())",
  functions: "a function (made by defineFunction())",
  policies: "a policy (with a name and configure())",
  schedules: "a schedule (made by schedule())",
};

/** Known by their marks, as workflows are. */
const isAgent = (entry: object) => has(entry, "kind", "agent") && has(entry, "opinion", "function");
const isFunction = (entry: object) => has(entry, "kind", "function") && has(entry, "run", "function");
const isSchedule = (entry: object) => has(entry, "kind", "schedule") && has(entry, "startFor", "function");
const isPolicy = (entry: object) => has(entry, "name", "string") && has(entry, "configure", "function");

/** Whether a property has that value, or a value of that type. */
function has(entry: object, property: string, expected: string): boolean {
  const value: unknown = Reflect.get(entry, property);
  return value === expected || (property !== "kind" && typeof value === expected);
}

function readEntries<T extends object>(
  list: ListName,
  entries: readonly T[],
  is: (entry: object) => boolean,
) {
  for (const [index, entry] of entries.entries()) {
    if (typeof entry === "object" && entry !== null && is(entry)) continue;
    const given = typeof entry === "object" ? "something else" : `a ${typeof entry}`;
    throw configError(`${list}[${index}]`, `is ${given} and not ${makers[list]}`);
  }
  return entries;
}

/** Once each. The same one may be named twice, two different ones of one name may not. */
function distinct<T extends { readonly name: string }>(list: ListName, entries: readonly T[]): readonly T[] {
  const kept = new Map<string, T>();
  for (const entry of entries) {
    const other = kept.get(entry.name);
    if (other !== undefined && other !== entry) {
      throw configError(list, `holds two different ones named "${entry.name}"; rename one of them`);
    }
    kept.set(entry.name, entry);
  }
  return [...kept.values()];
}

function configError(field: string, message: string): MycroftError {
  return new MycroftError("CONFIG_INVALID", `The configuration is wrong: ${field} ${message}.`, {
    details: { field },
  });
}
