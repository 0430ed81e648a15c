/** `mycroft explain RUN SYMBOL`: a decision in words, from the record alone. */
import { contentHash } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import {
  readSubjectDecisions,
  readTimeline,
  type SubjectDecision,
  type TaskStory,
  type WordedSection,
  wordDecision,
} from "@mycroft/record";
import { existing, suggestion } from "@mycroft/record/text";
import { decisionHash, type RunRecord, readRun } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { decisionJson, runJson } from "../decision/run-json.ts";
import { readRecord } from "../host/read-record.ts";
import { readArgument } from "../read-options.ts";
import { printSections } from "../text/print-sections.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const record = await readRecord(options, (store) => readRun(store, readArgument(given, "run")));
  const found = findDecisions(record, readArgument(given, "symbol"));
  if (terminal.json) {
    const explained = found.map((one) => ({
      ...decisionJson(one),
      task: one.task,
      explanation: wordDecision(one),
      resolution: one.resolution,
      evidence: one.evidence,
      rulings: one.decision?.rulings ?? [],
      position: one.position,
    }));
    terminal.printJson({ ...runJson(record, null), agents: versionsOf(record), decisions: explained });
    return 0;
  }
  for (const one of found) {
    const { headline, sections } = wordDecision(one);
    terminal.print(terminal.style("bold", headline));
    printSections(sections, terminal);
  }
  printSections([recordSection(record)], terminal);
  return 0;
}

/** A workflow may decide on a company more than once. */
function findDecisions(record: RunRecord, symbol: string): readonly SubjectDecision[] {
  const decisions = readSubjectDecisions(record);
  const wanted = symbol.toUpperCase();
  const found = decisions.filter(({ subject }) => subject === symbol || subject === wanted);
  if (found.length > 0) return found;
  const { runId, status } = record.header;
  const subjects = [...new Set(decisions.map(({ subject }) => subject))].sort();
  const soFar = status === "running" ? " so far" : "";
  throw new MycroftError(
    "NOT_FOUND",
    `Run ${runId} holds no decision on ${JSON.stringify(symbol)}${soFar}; ${existing(subjects)}.${suggestion(wanted, subjects)}`,
    { details: { runId, symbol, known: subjects } },
  );
}

/** What the run can be recognised and reproduced by. */
function recordSection(record: RunRecord): WordedSection {
  const { runId, workflow, planHash, provenance } = record.header;
  const { result } = record.state;
  const versions = versionsOf(record).map(({ name, version }) => `${name} ${version}`);
  return {
    title: "On record",
    sentences: [
      `Run ${runId} of ${workflow}, plan ${planHash}.`,
      result === null ? "It is still under way." : `Decision hash ${decisionHash(result)}.`,
      `Input hash ${contentHash(record.state.input)}.`,
      provenance.dataHash === undefined ? "It had no market data." : `Data hash ${provenance.dataHash}.`,
      `Code version ${provenance.codeVersion}.`,
      `Answered by ${versions.join(", ")}.`,
    ],
  };
}

type AnsweredBy = NonNullable<TaskStory["target"]> & { readonly version: string };

/** Agents, functions and policies with the versions that answered, each once. */
function versionsOf(record: RunRecord): readonly AnsweredBy[] {
  const found = new Map<string, AnsweredBy>();
  for (const { target, attempts } of readTimeline(record).tasks) {
    for (const { version } of attempts) {
      if (target !== null && version !== null)
        found.set(`${target.kind} ${target.name} ${version}`, { ...target, version });
    }
  }
  return Array.from(found, ([key, answered]) => ({ key, answered }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ answered }) => answered);
}
