/** Reads what a backtest is asked from the command line. */
import { availableParallelism } from "node:os";
import type { GivenSettings } from "@mycroft/backtest";
import type { Policy } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { existing, suggestion } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { type PolicyChoice, readPolicyChoices } from "../policy-choices.ts";
import { readInput } from "../project/read-input.ts";
import { optionFlag, readDate, readList, readText, readWholeNumber } from "../read-options.ts";

type Options = Invocation["options"];

const mostBps = 10_000;

/** @throws {MycroftError} USAGE; POLICY_UNKNOWN, with the names that exist; POLICY_INVALID; the codes of `readInput`. */
export async function readSettings(options: Options, policies: readonly Policy[]): Promise<GivenSettings> {
  const chosen = readPolicyChoices(options);
  const settings = {
    from: readDate(options, "from"),
    to: readDate(options, "to"),
    cadence: readCadence(options),
    universe: emptyIsNone(namesIn(options, "universe").map((symbol) => symbol.toUpperCase())),
    policies: chosen?.map(({ policy, settings: own }) =>
      own === undefined ? policy : { policy, settings: own },
    ),
    without: emptyIsNone(namesIn(options, "without")),
    costBps: readAmount(options, "cost"),
    slippageBps: readAmount(options, "slippage"),
    seed: readWholeNumber(options, "seed", { min: 0, max: 2 ** 32 - 1 }),
    input: await readExtraInput(options),
  };
  for (const choice of chosen ?? []) checkPolicy(choice, policies);
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Settings that a policy refuses would fail every run. */
function checkPolicy({ policy, settings }: PolicyChoice, policies: readonly Policy[]): void {
  const found = policies.find(({ name }) => name === policy);
  if (found !== undefined) {
    found.configure(settings);
    return;
  }
  const known = policies.map(({ name }) => name);
  throw new MycroftError(
    "POLICY_UNKNOWN",
    `There is no policy ${JSON.stringify(policy)}; ${existing(known)}.${suggestion(policy, known)}`,
    { details: { policy, known } },
  );
}

const mostThreads = 64;
/** A thread takes some 300 MB on a large set of data: more than these are for whoever asks for them. */
const usualThreads = 4;

/** How many threads decide: as many as there are cores, up to four, unless stated. */
export function readThreads(options: Options): number {
  const stated = readWholeNumber(options, "threads", { min: 1, max: mostThreads });
  return stated ?? Math.min(usualThreads, availableParallelism());
}

/** `--every 5`, `--every week`, `--every month`. */
function readCadence(options: Options): GivenSettings["cadence"] {
  const text = readText(options, "every");
  if (text === undefined) return undefined;
  if (text === "week") return "weekly";
  if (text === "month") return "monthly";
  const days = /^\d{1,4}$/u.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= 1_000) return days;
  throw unusable("every", text, "a number of trading days from 1 to 1000, `week` or `month`");
}

/** Names that are given apart, or with commas between them. */
function namesIn(options: Options, name: string): readonly string[] {
  const given = readText(options, name);
  const words = given === undefined ? readList(options, name) : [given];
  const names = words.flatMap((word) => word.split(",")).map((word) => word.trim());
  if (names.includes("")) throw unusable(name, words.join(" "), "names, with commas between them");
  return names;
}

function emptyIsNone(names: readonly string[]): string[] | undefined {
  return names.length === 0 ? undefined : [...names];
}

function readAmount(options: Options, name: string): number | undefined {
  const text = readText(options, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,5}(?:\.\d{1,6})?$/u.test(text) ? Number(text) : Number.NaN;
  if (value <= mostBps) return value;
  throw unusable(name, text, `basis points from 0 to ${mostBps}`);
}

async function readExtraInput(options: Options): Promise<GivenSettings["input"]> {
  const text = readText(options, "input");
  if (text === undefined) return undefined;
  const input = await readInput(text);
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return { ...input };
  throw unusable("input", text, "a JSON object");
}

function unusable(option: string, value: string, form: string): MycroftError {
  const flag = optionFlag(option);
  return new MycroftError("USAGE", `${flag} is ${JSON.stringify(value)}; it must be ${form}.`, {
    details: { option: flag, value },
  });
}
