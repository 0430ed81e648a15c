/** `mycroft evaluate FORECASTS`: agents and policies on forecasts and outcomes of one's own. */
import { basename, resolve } from "node:path";
import { findPolicy, type Policy } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import {
  type EvaluationOptions,
  evaluate,
  type LoadOptions,
  loadEvaluationData,
  renderHtmlReport,
  scoreNames,
  wordEvaluation,
} from "@mycroft/evaluation";
import type { Invocation } from "../command.ts";
import { withColumnAdvice } from "../evaluation/advise-columns.ts";
import { noteDataReport, printCompetitors } from "../evaluation/print-evaluation.ts";
import { writeReport } from "../evaluation/write-report.ts";
import { type PolicyChoice, readPolicyChoices } from "../policy-choices.ts";
import { openProject } from "../project/open-project.ts";
import {
  readArgument,
  readChoice,
  readFlag,
  readText,
  readWholeNumber,
  statedOnce,
} from "../read-options.ts";
import { printSections } from "../text/print-sections.ts";

type Options = Invocation["options"];

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const file = readArgument(given, "forecasts");
  // What can be understood without the data is read first: a typing error should not wait for a large file.
  const loading = loadOptions(options);
  const asked = evaluationOptions(options);
  const chosen = readPolicyChoices(options);
  const html = readText(options, "html");
  const { project } = await openProject(options);
  terminal.progress("Reading ...");
  const { data, report } = await withColumnAdvice(() => loadEvaluationData(file, loading));
  const evaluation = evaluate(data, {
    ...asked,
    policies: policiesOf(chosen, project.policies),
    ownPolicies: project.policies,
    onPolicy: (name, index, count) => terminal.progress(`Policy ${index + 1} of ${count}: ${name} ...`),
  });
  terminal.progress("");
  if (html !== undefined) {
    await writeReport(resolve(html), renderHtmlReport(evaluation, { title: basename(file), report }));
  }
  if (terminal.json) {
    terminal.printJson({
      data: report,
      ...evaluation,
      findings: wordEvaluation(evaluation),
      html: html ?? null,
    });
    return 0;
  }
  noteDataReport(report, terminal);
  printCompetitors(evaluation, file, terminal);
  printSections(wordEvaluation(evaluation), terminal);
  if (html !== undefined) terminal.note(`Report: ${resolve(html)}`);
  return 0;
}

function loadOptions(options: Options): LoadOptions {
  return {
    outcomes: readText(options, "outcomes"),
    columns: {
      period: readText(options, "period"),
      subject: readText(options, "subject"),
      agent: readText(options, "agent"),
      probabilities: readNames(options, "probabilities"),
      value: readText(options, "value"),
      outcome: readText(options, "outcome"),
      observed: readNames(options, "observed"),
    },
    binary: readFlag(options, "binary"),
    tolerance: readNumber(options, "tolerance", 0, 0.2),
    renames: readRenames(options),
    strict: readFlag(options, "strict"),
  };
}

function evaluationOptions(options: Options): Omit<EvaluationOptions, "policies"> {
  return {
    score: readChoice(options, "score", scoreNames),
    level: readNumber(options, "level", 0.001, 0.999),
    delayPeriods: readWholeNumber(options, "delay", { min: 0, max: 1_000 }),
    seed: readWholeNumber(options, "seed", { min: 0, max: 2 ** 32 - 1 }),
    resamples: readWholeNumber(options, "resamples", { min: 100, max: 20_000 }),
  };
}

/** A policy with settings is one of its own: the same may be there twice, with others. */
function policiesOf(
  chosen: readonly PolicyChoice[] | undefined,
  own: readonly Policy[],
): "all" | readonly (string | Policy)[] {
  if (chosen === undefined || chosen.some(({ policy }) => policy === "all")) return "all";
  return chosen.map(({ policy, settings }) => {
    if (settings === undefined) return policy;
    const found = own.find(({ name }) => name === policy) ?? findPolicy(policy);
    const name = `${policy} ${JSON.stringify(settings)}`;
    return { ...found, name, configure: () => found.configure(settings) };
  });
}

function readNames(options: Options, name: string): readonly string[] | undefined {
  const names = readText(options, name)
    ?.split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  if (names === undefined || names.length > 0) return names;
  throw unusable(name, readText(options, name), "names with commas between");
}

/** @throws {MycroftError} USAGE when it is not a number from `min` to `max`. */
function readNumber(options: Options, name: string, min: number, max: number): number | undefined {
  const text = readText(options, name);
  if (text === undefined) return undefined;
  const number = /^\d*\.?\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw unusable(name, text, `a number from ${min} to ${max}`);
}

function readRenames(options: Options): ReadonlyMap<string, string> {
  const pairs = readNames(options, "rename") ?? [];
  return statedOnce(
    "rename",
    pairs.map((pair): readonly [string, string] => {
      const [from = "", to = "", ...rest] = pair.split("=").map((one) => one.trim());
      if (from !== "" && to !== "" && rest.length === 0) return [from, to];
      throw unusable("rename", pair, "OLD=NEW, such as FB=META");
    }),
  );
}

function unusable(name: string, value: string | undefined, form: string): MycroftError {
  return new MycroftError("USAGE", `--${name} is ${JSON.stringify(value)}; it must be ${form}.`, {
    details: { option: `--${name}`, value },
  });
}
