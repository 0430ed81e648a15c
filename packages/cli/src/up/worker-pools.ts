/** Whose tasks a worker takes, and how many of each at once. */
import { defaultPool } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { existing, suggestion } from "@mycroft/record/text";
import type { Project } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { readList, readWholeNumber, statedOnce } from "../read-options.ts";

type Pools = Readonly<Record<string, number>>;

const usualConcurrency = 16;
const mostAtOnce = 10_000;

/** Every pool of the project. */
export function allPools(project: Pick<Project, "pools">, concurrency: number = usualConcurrency): Pools {
  return Object.fromEntries(poolNames(project).map((pool) => [pool, concurrency]));
}

/** @throws {MycroftError} USAGE; POOL_UNKNOWN. */
export function readPools(options: Invocation["options"], project: Pick<Project, "pools">): Pools {
  const bounds = { min: 1, max: mostAtOnce };
  const concurrency = readWholeNumber(options, "concurrency", bounds) ?? usualConcurrency;
  const given = readList(options, "pool");
  if (given.length === 0) return allPools(project, concurrency);
  const known = poolNames(project);
  const pools = given.map((text) => readPool(text, concurrency, known));
  return Object.fromEntries(statedOnce("pool", pools));
}

function readPool(text: string, concurrency: number, known: readonly string[]): readonly [string, number] {
  const [, pool = "", own] = /^([^=]+)(?:=(\d{1,5}))?$/u.exec(text) ?? [];
  const atOnce = own === undefined ? concurrency : Number(own);
  if (pool === "" || atOnce < 1 || atOnce > mostAtOnce) {
    throw new MycroftError(
      "USAGE",
      `--pool is ${JSON.stringify(text)}; it must be NAME or NAME=CONCURRENCY, 1 to ${mostAtOnce}, such as analysts=8.`,
      { details: { option: "--pool", value: text } },
    );
  }
  if (known.includes(pool)) return [pool, atOnce];
  throw new MycroftError(
    "POOL_UNKNOWN",
    `The project has no pool ${JSON.stringify(pool)}; ${existing(known)}.${suggestion(pool, known)}`,
    { details: { pool, known } },
  );
}

function poolNames({ pools }: Pick<Project, "pools">): readonly string[] {
  return [...new Set([defaultPool, ...Object.keys(pools)])];
}
