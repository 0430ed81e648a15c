/**
 * `mycroft start`: the main job, shown to somebody who sees it for the first time. It stays up afterwards, with its web page; with
 * `--no-web` or `--json`, and on a cluster, it ends.
 */

import { mostDisputed, wordDecision } from "@mycroft/record";
import { counted } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { type CommitteeQuestion, decideOn, prepareQuestion } from "../decision/committee-run.ts";
import { printIntroduction, showDecided } from "../decision/show-committee.ts";
import { runOutcomeJson, tellWaiting } from "../decision/tell-run.ts";
import { placeJson } from "../project/host-settings.ts";
import { openProject } from "../project/open-project.ts";
import { readWebOptions } from "../web/web-options.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const web = readWebOptions(options);
  if (terminal.json) return tellJson(await prepareQuestion({}, invocation), invocation);
  terminal.progress("Loading the project and its data ...");
  const open = await openProject(options);
  const { place } = open;
  if (web !== null && place.kind === "folder") {
    const { decideAndStay } = await import("../up/decide-and-stay.ts");
    return decideAndStay({ open: { ...open, place }, web, invocation });
  }
  await decideAndTell(await prepareQuestion({}, invocation), invocation);
  if (web !== null) terminal.note("`mycroft up` takes part in the cluster, and has the web page.");
  return 0;
}

async function tellJson(question: CommitteeQuestion, invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const decided = await decideOn(question, invocation);
  const disputed = mostDisputed(decided.decisions);
  terminal.printJson({
    ...runOutcomeJson(decided, decided.market, options),
    ...placeJson(question.open.place),
    mostDisputed: disputed === undefined ? null : { subject: disputed.subject, ...wordDecision(disputed) },
  });
  return 0;
}

async function decideAndTell(question: CommitteeQuestion, invocation: Invocation): Promise<void> {
  const { terminal } = invocation;
  printIntroduction(question, terminal);
  if (!terminal.isLive)
    terminal.note(
      `Running ${question.workflow.name} on ${counted(question.universe.length, "company", "companies")} ...`,
    );
  const decided = await decideOn(question, invocation);
  if (decided.record.state.result === null) tellWaiting(decided, invocation);
  else showDecided(decided, invocation);
}
