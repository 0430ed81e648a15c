/** Every policy's decision on the same case, side by side, and one of them in full. */
import { defaultPolicyName } from "@mycroft/ensemble";
import { memo, useState } from "react";
import { DistributionStrip } from "../../charts/distribution-bars.tsx";
import { LeanBar } from "../../charts/meter-bar.tsx";
import { sideLook, sideWord } from "../../charts/outcome-look.ts";
import { Badge } from "../../design/badge.tsx";
import { formatNumber, formatPercent, formatSigned } from "../../design/format.ts";
import { Icon } from "../../design/icon.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { ScrollX } from "../../design/scroll-x.tsx";
import { Tabs } from "../../design/tabs.tsx";
import { plainText } from "../../design/visible-text.ts";
import { noViewText, PolicyDetail } from "./policy-detail.tsx";
import { type PolicyResult, scoreOf } from "./resolve-all.ts";
import { TintedTable } from "./tinted-table.tsx";

interface PoliciesPanelProps {
  readonly results: readonly PolicyResult[];
  readonly outcomes: readonly string[];
  readonly outcome: number | null;
  readonly chosen: string;
  readonly onChoose: (policy: string) => void;
}

type View = "views" | "weights";

export const PoliciesPanel = memo(function PoliciesPanel(props: PoliciesPanelProps) {
  const { results, chosen } = props;
  const [view, setView] = useState<View>("views");
  const detail = results.find(({ policy }) => policy.name === chosen) ?? results[0];
  return (
    <Panel
      title="Every policy's decision"
      about="The same opinions, resolved by every policy of the catalogue with the code that the server runs. Choose one to see why."
    >
      <div className="lab-policies">
        <Tabs
          label="What of the policies is compared"
          tabs={[
            { id: "views", label: "Decisions" },
            { id: "weights", label: "Weights" },
          ]}
          selected={view}
          onSelect={setView}
        >
          {view === "views" ? <Views {...props} /> : <Weights {...props} />}
        </Tabs>
        {results.every(hasLearnedNothing) && (
          <p className="quiet">
            Nothing has been learned here, so the policies that learn weigh all agents alike. Give agents a
            record, open a real decision, or let the case follow the walk through time below.
          </p>
        )}
        {detail !== undefined && <PolicyDetail result={detail} outcome={props.outcome} />}
      </div>
    </Panel>
  );
});

function hasLearnedNothing({ resolution }: PolicyResult): boolean {
  const weights = resolution?.weights ?? [];
  return !weights.some(
    ({ reason: { type } }) => type === "learned" || type === "recalibrated" || type === "record",
  );
}

function Views({ results, outcomes, outcome, chosen, onChoose }: PoliciesPanelProps) {
  return (
    <ScrollX label="Decisions by policy">
      <table className="table lab-decisions">
        <caption className="visually-hidden">The decision of each policy</caption>
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col">Decision</th>
            {outcomes.map((name) => (
              <th key={name} scope="col" className="number">
                {plainText(name, 12)}
              </th>
            ))}
            <th scope="col">Lean</th>
            {outcome !== null && (
              <th scope="col" className="number" title="Ranked probability score: lower is better">
                Score
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {results.map((result) => (
            <ViewRow
              key={result.policy.name}
              result={result}
              outcomes={outcomes}
              outcome={outcome}
              isChosen={result.policy.name === chosen}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

interface ViewRowProps extends Pick<PoliciesPanelProps, "outcomes" | "outcome" | "onChoose"> {
  readonly result: PolicyResult;
  readonly isChosen: boolean;
}

function ViewRow({ result, outcomes, outcome, isChosen, onChoose }: ViewRowProps) {
  const { policy, resolution, problem } = result;
  const probabilities = resolution?.probabilities ?? null;
  const wide = outcomes.length + 2 + (outcome === null ? 0 : 1);
  return (
    <tr className={isChosen ? "lab-chosen" : undefined}>
      <th scope="row">
        <PolicyName result={result} isChosen={isChosen} onChoose={onChoose} />
      </th>
      {probabilities === null ? (
        <td colSpan={wide} className="quiet">
          {problem === null ? (
            noViewText(resolution?.status)
          ) : (
            <SafeText text={problem.message} foldAt={160} />
          )}
        </td>
      ) : (
        <>
          <td className="lab-strip">
            <DistributionStrip outcomes={outcomes} probabilities={probabilities} label={policy.name} />
          </td>
          {outcomes.map((name, index) => (
            <td key={name} className="number" title={String(probabilities[index])}>
              {formatPercent(probabilities[index])}
            </td>
          ))}
          <td>
            <Lean
              tilt={resolution?.lean?.tilt ?? 0}
              side={resolution?.lean?.side ?? "middle"}
              outcomes={outcomes}
            />
          </td>
          {outcome !== null && <td className="number">{formatNumber(scoreOf(resolution, outcome), 4)}</td>}
        </>
      )}
    </tr>
  );
}

function PolicyName({
  result: { policy },
  isChosen,
  onChoose,
}: Pick<ViewRowProps, "result" | "isChosen" | "onChoose">) {
  return (
    <span className="lab-policy-name">
      <button
        type="button"
        className="text-button"
        aria-pressed={isChosen}
        onClick={() => onChoose(policy.name)}
      >
        {policy.name}
      </button>
      {policy.name === defaultPolicyName && <Badge tone="good">default</Badge>}
      {policy.kind === "learning" && policy.name !== defaultPolicyName && <Badge>learns</Badge>}
      {policy.kind === "baseline" && <Badge tone="warn">baseline</Badge>}
    </span>
  );
}

interface LeanProps {
  readonly tilt: number;
  readonly side: "lower" | "middle" | "upper";
  readonly outcomes: readonly string[];
}

function Lean({ tilt, side, outcomes }: LeanProps) {
  return (
    <span className="lab-lean">
      <LeanBar value={tilt} />
      <span className="lab-lean-text" title={String(tilt)}>
        <Icon name={sideLook(side).icon} size={10} /> {formatSigned(tilt)}
        <span className="visually-hidden"> {plainText(sideWord(side, outcomes), 40)}</span>
      </span>
    </span>
  );
}

function Weights({ results, chosen, onChoose }: PoliciesPanelProps) {
  const agents = results.find(({ resolution }) => resolution !== null)?.resolution?.opinions ?? [];
  return (
    <TintedTable
      caption="Weight of each agent by policy"
      corner="Policy"
      columns={agents.map(({ agent }) => ({ key: agent, header: <SafeText text={agent} foldAt={24} /> }))}
      rows={results.map((result) => ({
        key: result.policy.name,
        isChosen: result.policy.name === chosen,
        header: <PolicyName result={result} isChosen={result.policy.name === chosen} onChoose={onChoose} />,
        values: agents.map(
          ({ agent }) => result.resolution?.weights.find((one) => one.agent === agent)?.weight ?? null,
        ),
      }))}
      format={(weight) => formatPercent(weight, 1)}
    />
  );
}
