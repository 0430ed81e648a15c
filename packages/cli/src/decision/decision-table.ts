/** The table of a run's decisions: one line a company, one column an agent; and the line below it for the portfolio. */

import type { Resolution } from "@mycroft/ensemble";
import { percent, type SubjectDecision, signed, tiltOf, usualText, wholePercent } from "@mycroft/record";
import { counted } from "@mycroft/record/text";
import { type Cell, type Column, renderTable } from "../text/table.ts";
import type { Style, Terminal } from "../text/terminal.ts";

/** The lines of the table; its look is settled by `terminal`. */
export function decisionTable(decisions: readonly SubjectDecision[], terminal: Terminal): readonly string[] {
  const agents = [...new Set(decisions.flatMap(({ resolution }) => agentsOf(resolution)))].sort();
  const hasPositions = decisions.some(({ position }) => position !== null);
  const digits = conflictDigits(
    Math.max(0, ...decisions.map(({ resolution }) => resolution.conflict.divergence)),
  );
  const columns: Column[] = [
    { title: "Company" },
    ...agents.map((agent) => ({ title: agent })),
    { title: "Conflict" },
    { title: "Decision" },
    ...(hasPositions ? [{ title: "Weight", align: "right" } as const] : []),
  ];
  const rows = decisions.map((one): Cell[] => [
    { text: one.subject, style: "bold" },
    ...agents.map((agent) => viewCell(one, agent)),
    conflictText(one.resolution, digits),
    decisionCell(one),
    ...(hasPositions ? [weightText(one)] : []),
  ]);
  return renderTable(columns, rows, terminal);
}

/** `Invested 43.0%, cash 57.0%.`, or null when the run built no portfolio. */
export function portfolioText(decisions: readonly SubjectDecision[]): string | null {
  const weights = decisions.flatMap(({ position }) => (position === null ? [] : [position.weight]));
  if (weights.length === 0) return null;
  const net = weights.reduce((sum, weight) => sum + weight, 0);
  return `Invested ${percent(net)}, cash ${percent(Math.max(0, 1 - net))}.`;
}

/** What the columns mean; only of what is there. */
export function legend(decisions: readonly SubjectDecision[]): readonly string[] {
  const [first] = decisions;
  if (first === undefined) return [];
  const { horizonDays, outcomes, policy } = first.resolution;
  const rulings = decisions.flatMap(({ decision }) => decision?.rulings ?? []);
  const hasLimits = decisions.some(({ decision }) => decision !== null);
  const hasClamps = rulings.some((ruling) => ruling.action === "clamp");
  const usually = first.usual === null ? "" : ` (usual: ${signed(tiltOf(first.usual))})`;
  const pooled = `the pooled P(${outcomes.at(-1) ?? ""}) - P(${outcomes[0] ?? ""}) by the policy ${policy.name}${usually}`;
  return [
    `A view is the agent's most likely outcome over ${counted(horizonDays, "day")}, with its probability.`,
    ...(first.usual === null
      ? []
      : [`${usualText(first.usual)} ▲ and ▼ say which way a view departs from that.`]),
    "Conflict: 0 all agree, 1 they exclude each other.",
    `Decision: ${pooled}${hasLimits ? ", within the risk limits" : ""}${hasClamps ? "; * one of them clamped it" : ""}.`,
  ];
}

function agentsOf({ opinions, abstentions }: Resolution): readonly string[] {
  return [...opinions, ...abstentions].map(({ agent }) => agent);
}

/** An agent's most likely outcome with its probability, and which way it departs from the usual: `up 46%▲`. */
function viewCell({ resolution, usual }: SubjectDecision, agent: string): Cell {
  const { opinions, abstentions, outcomes, conflict } = resolution;
  const opinion = opinions.find((one) => one.agent === agent);
  if (opinion === undefined) {
    const isAsked = abstentions.some((one) => one.agent === agent);
    return { text: isAsked ? "abstains" : "", style: "dim" };
  }
  const likely = mostLikely(opinion.probabilities);
  const text = `${outcomes[likely] ?? ""} ${wholePercent(opinion.probabilities[likely] ?? 0)}`;
  if (usual === null) return withStyle(text, sideStyle(likely, outcomes.length));
  const tilt = conflict.leans.find((lean) => lean.agent === agent)?.tilt ?? 0;
  const { mark, style } = departure(tilt - tiltOf(usual));
  return withStyle(`${text}${mark}`, style);
}

/** A smaller departure from the usual is called none. */
const leastDeparture = 0.02;

function departure(by: number): { readonly mark: string; readonly style: Style | null } {
  if (by >= leastDeparture) return { mark: "▲", style: "green" };
  if (by <= -leastDeparture) return { mark: "▼", style: "red" };
  return { mark: "", style: null };
}

/** Enough to tell small conflicts apart. */
function conflictDigits(greatest: number): number {
  if (greatest >= 0.1) return 2;
  return greatest >= 0.01 ? 3 : 4;
}

function conflictText({ conflict, opinions }: Resolution, digits: number): string {
  return opinions.length < 2 ? "-" : conflict.divergence.toFixed(digits);
}

/** The pooled lean, P(highest) - P(lowest), after the limits where there are any: `up +0.12`. */
function decisionCell({ resolution, decision }: SubjectDecision): Cell {
  if (decision?.status === "vetoed") return { text: "vetoed", style: "yellow" };
  if (resolution.status !== "resolved") return { text: "no view", style: "dim" };
  const { outcomes, lean } = resolution;
  const tilt = decision?.tilt ?? lean.tilt;
  const index = { lower: 0, middle: -1, upper: outcomes.length - 1 }[lean.side];
  const isClamped = decision?.rulings.some((ruling) => ruling.action === "clamp") === true;
  const word = index === -1 ? "even" : (outcomes[index] ?? "");
  return withStyle(`${word} ${signed(tilt)}${isClamped ? "*" : ""}`, sideStyle(index, outcomes.length));
}

function weightText({ position }: SubjectDecision): string {
  return position === null ? "" : percent(position.weight);
}

/** Of equals, the one nearest to the middle: it says least. */
function mostLikely(probabilities: readonly number[]): number {
  const middle = (probabilities.length - 1) / 2;
  const best = Math.max(...probabilities);
  return probabilities.reduce((chosen, probability, outcome) => {
    const isNearer = Math.abs(outcome - middle) < Math.abs(chosen - middle);
    return probability === best && (probabilities[chosen] !== best || isNearer) ? outcome : chosen;
  }, 0);
}

function sideStyle(outcome: number, outcomes: number): Style | null {
  const middle = (outcomes - 1) / 2;
  if (outcome === -1 || outcome === middle) return null;
  return outcome < middle ? "red" : "green";
}

function withStyle(text: string, style: Style | null): Cell {
  return style === null ? text : { text, style };
}
