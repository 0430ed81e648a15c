/** One policy's decision in full: what the policy is and when it fails, the weights with their reasons, and the contributions that add up. */
import { type ExplanationTopic, explain, type Resolution } from "@mycroft/ensemble";
import { useMemo } from "react";
import { seriesColor } from "../../charts/chart-palette.ts";
import { DistributionBars } from "../../charts/distribution-bars.tsx";
import { MeterBar } from "../../charts/meter-bar.tsx";
import { formatNumber, formatPercent, formatSigned } from "../../design/format.ts";
import { SafeText } from "../../design/safe-text.tsx";
import { ScrollX } from "../../design/scroll-x.tsx";
import { plainText } from "../../design/visible-text.ts";
import { noteOf } from "./policy-notes.ts";
import { type PolicyResult, scoreOf } from "./resolve-all.ts";

interface PolicyDetailProps {
  readonly result: PolicyResult;
  readonly outcome: number | null;
}

export function PolicyDetail({ result, outcome }: PolicyDetailProps) {
  const { policy, resolution, problem } = result;
  const note = noteOf(policy.name);
  const score = scoreOf(resolution, outcome);
  return (
    <article className="lab-policy" aria-label={`Policy ${policy.name}`}>
      <h3>
        {policy.name} <span className="quiet">{policy.version}</span>
      </h3>
      <p>{note?.what ?? policy.description}</p>
      {note !== null && (
        <p>
          <strong>When it fails:</strong> {note.fails}
        </p>
      )}
      <p className="lab-source">
        <cite>{policy.source}.</cite>
      </p>
      {problem !== null && (
        <p>
          <SafeText text={problem.message} /> <code>{problem.code}</code>
        </p>
      )}
      {resolution !== null && <Resolved resolution={resolution} />}
      {score !== null && (
        <p>
          With what followed, its ranked probability score is <strong>{formatNumber(score, 4)}</strong>; lower
          is better.
        </p>
      )}
    </article>
  );
}

function Resolved({ resolution }: { readonly resolution: Resolution }) {
  const { outcomes, probabilities, weights, status } = resolution;
  const sections = useMemo(() => explain(resolution).sections, [resolution]);
  const sentencesOf = (topic: ExplanationTopic) =>
    sections.find((section) => section.topic === topic)?.sentences ?? [];
  return (
    <>
      {probabilities === null ? (
        <p className="quiet">{noViewText(status)}</p>
      ) : (
        <DistributionBars
          outcomes={outcomes}
          probabilities={probabilities}
          label="The decision"
          heightPx={72}
        />
      )}
      {weights.length > 0 && (
        <>
          <h4>Weights, and why</h4>
          <ul className="lab-weights">
            {weights.map(({ agent, weight }, index) => (
              <li key={agent}>
                <SafeText text={agent} foldAt={40} />
                <MeterBar value={weight} color={seriesColor(index)} />
                <span className="number">{formatPercent(weight)}</span>
              </li>
            ))}
          </ul>
          <Sentences sentences={sentencesOf("weights")} />
          <h4>Contributions</h4>
          <Contributions resolution={resolution} />
        </>
      )}
      {(resolution.guardrails?.length ?? 0) > 0 && (
        <>
          <h4>Guardrails</h4>
          <Sentences sentences={sentencesOf("guardrails")} />
        </>
      )}
    </>
  );
}

export function noViewText(status: string | undefined): string {
  return status === "withheld"
    ? "No view: a guardrail withholds it."
    : "No view: fewer opinions than the quorum.";
}

function Sentences({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <ul className="lab-sentences">
      {sentences.map((sentence) => (
        <li key={sentence}>
          <SafeText text={sentence} foldAt={600} />
        </li>
      ))}
    </ul>
  );
}

/** What each agent adds to each outcome, what guardrails changed, and the sum, which is the decision. */
function Contributions({ resolution }: { readonly resolution: Resolution }) {
  const { outcomes, contributions, guardrails = [] } = resolution;
  const changes = guardrails.flatMap(({ type, change }) =>
    change === null ? [] : [{ type, amounts: change.amounts }],
  );
  const rows = [
    ...contributions.map(({ agent, amounts }, index) => ({ key: agent, amounts, color: seriesColor(index) })),
    ...changes.map(({ type, amounts }, index) => ({
      key: `${type} ${index + 1} (guardrail)`,
      amounts,
      color: null,
    })),
  ];
  const sums = outcomes.map((_, k) => rows.reduce((sum, { amounts }) => sum + (amounts[k] ?? 0), 0));
  return (
    <ScrollX label="Contributions of the agents">
      <table className="table lab-contributions">
        <caption className="visually-hidden">What each agent adds to each outcome</caption>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            {outcomes.map((outcome) => (
              <th key={outcome} scope="col" className="number">
                {plainText(outcome, 12)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, amounts, color }) => (
            <tr key={key}>
              <th scope="row">
                <span className="lab-swatch" style={{ background: color ?? "var(--flat)" }} />
                <SafeText text={key} foldAt={30} />
              </th>
              {outcomes.map((outcome, k) => (
                <td key={outcome} className="number" title={String(amounts[k])}>
                  {formatSigned(amounts[k], 4)}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">Sum</th>
            {outcomes.map((outcome, k) => (
              <td key={outcome} className="number" title={String(sums[k])}>
                <strong>{formatNumber(sums[k], 4)}</strong>
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </ScrollX>
  );
}
