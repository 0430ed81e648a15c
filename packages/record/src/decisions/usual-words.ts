/** What is usual, and how far views depart from it, in words. */
import type { Resolution } from "@mycroft/ensemble";
import { signed, wholePercent } from "./number-words.ts";
import type { SubjectDecision } from "./subject-decision.ts";

/** `Usual, whatever anybody says: down 27%, flat 32%, up 41% (560 past cases).` */
export function usualText({ outcomes, probabilities, cases }: NonNullable<SubjectDecision["usual"]>): string {
  const shares = outcomes.map((outcome, index) => `${outcome} ${wholePercent(probabilities[index] ?? 0)}`);
  return `Usual, whatever anybody says: ${shares.join(", ")} (${cases} past cases).`;
}

/** `What a view adds is how far its tilt, P(up) - P(down), departs from the usual +0.12: macro +0.09, trend -0.02 ...` */
export function departureText(resolution: Resolution, usual: NonNullable<SubjectDecision["usual"]>): string {
  const { outcomes, conflict, status } = resolution;
  const base = tiltOf(usual);
  const tilt = `its tilt, P(${outcomes.at(-1) ?? ""}) - P(${outcomes[0] ?? ""}), departs from the usual ${signed(base)}`;
  const departures = conflict.leans.map((one) => `${one.agent} ${signed(one.tilt - base)}`);
  const pooled = status === "resolved" ? [`all together ${signed(resolution.lean.tilt - base)}`] : [];
  const all = [...departures, ...pooled].join(", ");
  return `What a view adds is how far ${tilt}${all === "" ? "" : `: ${all}`}.`;
}

/** P(highest) - P(lowest): over down, flat and up, the tilt as the ensemble defines it. */
export function tiltOf({ probabilities }: NonNullable<SubjectDecision["usual"]>): number {
  return (probabilities.at(-1) ?? 0) - (probabilities[0] ?? 0);
}
