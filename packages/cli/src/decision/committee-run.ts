/** Lets a committee decide: the work that `start` and `decide` share. */
import type { JsonValue } from "@mycroft/engine";
import { readSubjectDecisions, type SubjectDecision } from "@mycroft/record";
import type { Workflow } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { findCommittee } from "../project/find-workflow.ts";
import { type LoadedMarket, noteLoadReport, requireMarket } from "../project/market.ts";
import { type OpenProject, openProject } from "../project/open-project.ts";
import type { PreparedRun } from "../project/prepare-run.ts";
import { chooseAsOf, chooseUniverse } from "../project/question.ts";
import { readText } from "../read-options.ts";
import { runAndRead, type WorkedRun } from "./run-and-read.ts";

/** What a committee is going to be asked. */
export interface CommitteeQuestion {
  readonly open: OpenProject;
  readonly market: LoadedMarket;
  readonly workflow: Workflow;
  readonly asOf: string;
  readonly universe: readonly string[];
}

export interface Decided extends CommitteeQuestion, WorkedRun {
  readonly decisions: readonly SubjectDecision[];
}

/**
 * @param asked all companies that the data knows, and its last day, unless given.
 * @throws {MycroftError} WORKFLOW_UNKNOWN, SYMBOL_UNKNOWN, DATE_OUT_OF_RANGE, and the codes of configuration and data.
 */
export async function prepareQuestion(
  asked: { readonly symbols?: readonly string[]; readonly asOf?: string | undefined },
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): Promise<CommitteeQuestion> {
  terminal.progress("Loading the project and its data ...");
  const open = await openProject(options);
  findCommittee(open, readText(options, "workflow"));
  const market = await requireMarket(open, options, terminal);
  noteLoadReport(market, terminal);
  return questionOn({ open, market }, asked, options);
}

/** As `prepareQuestion`, on data that has been read. */
export function questionOn(
  { open, market }: Pick<CommitteeQuestion, "open" | "market">,
  asked: { readonly symbols?: readonly string[]; readonly asOf?: string | undefined },
  options: Invocation["options"],
): CommitteeQuestion {
  const workflow = findCommittee(open, readText(options, "workflow"));
  const asOf = chooseAsOf(asked.asOf, market.data);
  return { open, market, workflow, asOf, universe: chooseUniverse(asked.symbols, market.data, asOf) };
}

/** @throws {MycroftError} INPUT_INVALID when the workflow takes another input; the code with which the run failed. */
export async function decideOn(
  question: CommitteeQuestion,
  invocation: Pick<Invocation, "options" | "terminal">,
): Promise<Decided> {
  const { open, market, workflow, asOf, universe } = question;
  const start = { workflow: workflow.name, input: { asOf, universe }, asOf };
  const run = runOf(question);
  const worked = await runAndRead({ open, start, here: async () => ({ market, run }) }, invocation);
  const { dataHash } = worked.record.header.provenance;
  if (dataHash !== market.data.hash)
    invocation.terminal.note(
      "The process that keeps running works on other data than this command has read.",
    );
  return { ...worked, ...question, decisions: readSubjectDecisions(worked.record) };
}

/** The run that answers it. @throws {MycroftError} INPUT_INVALID when the workflow takes another input. */
export function runOf({ workflow, asOf, universe }: CommitteeQuestion): PreparedRun {
  // What a schema of JSON types has parsed is JSON; the store refuses anything else.
  return { workflow, input: workflow.parseInput({ asOf, universe }) as JsonValue, asOf };
}
