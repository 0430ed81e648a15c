/** Through time: step, play and rewind a sequence of cases, and watch the weights move, the losses add up and the drifts be noticed. */
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { seriesColor } from "../../charts/chart-palette.ts";
import { Badge } from "../../design/badge.tsx";
import { Button, IconButton } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Checkbox } from "../../design/field.tsx";
import { formatNumber, formatPercent, formatSigned } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";
import type { LabState, TimeSetup } from "./lab-state.ts";
import { Scoreboard } from "./scoreboard.tsx";
import { type StepLine, StepLines } from "./step-lines.tsx";
import { TimeSetupForm } from "./time-setup.tsx";
import { forgettingRules } from "./tours.ts";
import type { WalkProgress } from "./use-walk.ts";
import type { RuleTrace, Walk } from "./walk.ts";

interface TimePanelProps {
  readonly state: LabState;
  readonly progress: WalkProgress;
  readonly step: number;
  readonly onSetup: (time: TimeSetup) => void;
  readonly onStep: (step: number) => void;
  readonly onFollow: (follows: boolean) => void;
}

const usualRules: readonly string[] = ["boa", "fixed-share", "past-score", "recalibrated-pool"];
const mostRules = 6;

export function TimePanel({ state, progress, step, onSetup, onStep, onFollow }: TimePanelProps) {
  const { walk, steps, error, onRetry } = progress;
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const rules = chosen ?? (state.tour === "forgetting" ? forgettingRules : usualRules);
  return (
    <Panel
      title="Through time"
      about="Case after case, each with its outcome: what became known is learned first, then the day is forecast. Nothing is known early."
    >
      <div className="stack">
        <TimeSetupForm time={state.time} onChange={onSetup} />
        {error !== null && (
          <ErrorNotice title="This cannot be walked through" error={error} onRetry={onRetry} />
        )}
        {error === null && walk === null && <Skeleton lines={4} label="Loading the history" />}
        {walk !== null && (
          <>
            <Player
              // Another walk begins at rest.
              key={walk.source.subject + walk.source.cases.length}
              walk={walk}
              steps={steps}
              step={step}
              isFollowed={state.taughtAt !== null}
              onStep={onStep}
              onFollow={onFollow}
            />
            <RuleChoice walk={walk} rules={rules} onChange={setChosen} />
            {steps > 0 && <Charts walk={walk} steps={steps} step={Math.min(step, steps - 1)} rules={rules} />}
          </>
        )}
      </div>
    </Panel>
  );
}

interface PlayerProps {
  readonly walk: Walk;
  readonly steps: number;
  readonly step: number;
  readonly isFollowed: boolean;
  readonly onStep: (step: number) => void;
  readonly onFollow: (follows: boolean) => void;
}

const stepMs = 120;

function Player({ walk, steps, step, isFollowed, onStep, onFollow }: PlayerProps) {
  const { cases, outcomes } = walk.source;
  const last = cases.length - 1;
  const [isPlaying, setIsPlaying] = useState(false);
  const onTick = useEffectEvent(() => {
    if (step >= last) setIsPlaying(false);
    else if (step + 1 < steps) onStep(step + 1);
  });
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => onTick(), stepMs);
    return () => clearInterval(timer);
  }, [isPlaying]);
  const go = (to: number): void => onStep(Math.min(last, Math.max(0, to)));
  const current = cases[step];
  const followed = current?.outcome;
  return (
    <section className="lab-player" aria-label="Steps of the walk" aria-busy={!walk.isDone}>
      <IconButton icon="replay" label="Back to the first step" disabled={step === 0} onClick={() => go(0)} />
      <Button size="small" disabled={step === 0} onClick={() => go(step - 1)}>
        Step back
      </Button>
      <Button
        size="small"
        kind="primary"
        icon={isPlaying ? "pause" : "play"}
        onClick={() => {
          if (!isPlaying && step >= last) go(0);
          setIsPlaying(!isPlaying);
        }}
      >
        {isPlaying ? "Pause" : "Play"}
      </Button>
      <Button size="small" disabled={step >= last} onClick={() => go(step + 1)}>
        Step
      </Button>
      <input
        className="lab-step"
        type="range"
        min={0}
        max={last}
        step={1}
        value={Math.min(step, last)}
        aria-label="Step"
        aria-valuetext={`Case ${step + 1} of ${cases.length}, ${current?.on ?? ""}`}
        onChange={(event) => go(event.target.valueAsNumber)}
      />
      <span className="lab-where">
        {step + 1} of {cases.length} &middot; {current?.on} &middot;{" "}
        {followed === null || followed === undefined ? (
          "not known what followed"
        ) : (
          <>
            followed by <strong>{outcomes[followed.index]}</strong>
          </>
        )}
        {!walk.isDone && steps < cases.length && <span className="quiet"> (walking: {steps})</span>}
      </span>
      <Checkbox
        label="Show each case above, with what was learned by then"
        isChecked={isFollowed}
        onChange={onFollow}
      />
    </section>
  );
}

interface RuleChoiceProps {
  readonly walk: Walk;
  readonly rules: readonly string[];
  readonly onChange: (rules: readonly string[]) => void;
}

function RuleChoice({ walk, rules, onChange }: RuleChoiceProps) {
  return (
    <details className="lab-rules">
      <summary>Policies in the charts: {rules.join(", ")}</summary>
      <div className="lab-rule-choice">
        {walk.rules.map(({ policy }) => (
          <Checkbox
            key={policy}
            label={policy}
            isChecked={rules.includes(policy)}
            onChange={(isIn) =>
              onChange(isIn ? [...rules, policy].slice(-mostRules) : rules.filter((rule) => rule !== policy))
            }
          />
        ))}
      </div>
    </details>
  );
}

interface ChartsProps {
  readonly walk: Walk;
  readonly steps: number;
  readonly step: number;
  readonly rules: readonly string[];
}

function Charts({ walk, steps, step, rules }: ChartsProps) {
  const { cases } = walk.source;
  const days = useMemo(() => cases.map(({ on }) => on), [cases]);
  const marks = walk.flags
    .slice(0, mostFlags)
    .map((flag) => ({ step: flag.step, text: `${flag.agent}: ${flag.drift.direction}` }));
  const traces = rules.flatMap((name) => walk.rules.find(({ policy }) => policy === name) ?? []);
  return (
    <div className="stack">
      <div className="lab-charts">
        {traces.map((trace) => (
          <div key={trace.policy}>
            <h3>{trace.policy}: weights</h3>
            <WeightLines walk={walk} trace={trace} steps={steps} step={step} days={days} marks={marks} />
          </div>
        ))}
      </div>
      <Flags walk={walk} step={step} />
      <h3>Regret: what each policy lost beyond the best agent so far</h3>
      <RegretLines walk={walk} traces={traces} steps={steps} step={step} days={days} marks={marks} />
      <Scoreboard walk={walk} step={step} />
    </div>
  );
}

const mostFlags = 100;

interface LinesProps {
  readonly walk: Walk;
  readonly steps: number;
  readonly step: number;
  readonly days: readonly string[];
  readonly marks: readonly { readonly step: number; readonly text: string }[];
}

function WeightLines({ walk, trace, steps, ...rest }: LinesProps & { readonly trace: RuleTrace }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: A walk grows in place; `steps` says that it has.
  const lines = useMemo(
    (): readonly StepLine[] =>
      walk.agents.map((name, index) => ({
        name,
        color: seriesColor(index),
        values: trace.weights.map((row) => row[index] ?? null),
      })),
    [walk, trace, steps],
  );
  return (
    <StepLines
      {...rest}
      label={`Weights of ${trace.policy} over the steps.`}
      lines={lines}
      count={walk.source.cases.length}
      min={0}
      max={1}
      format={(weight) => formatPercent(weight, 0)}
    />
  );
}

function RegretLines({
  walk,
  traces,
  steps,
  ...rest
}: LinesProps & { readonly traces: readonly RuleTrace[] }) {
  const key = traces.map(({ policy }) => policy).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: A walk grows in place; `steps` says that it has.
  const lines = useMemo((): readonly StepLine[] => {
    const { hindsight } = walk;
    return [
      ...traces.map(({ policy, cumulative }, index) => ({
        name: policy,
        color: seriesColor(index),
        values: cumulative.map((loss, step) => loss - (hindsight[step]?.agentLoss ?? 0)),
      })),
      {
        name: "best mixture in hindsight",
        color: "var(--text-quiet)",
        dash: "4 3",
        values: hindsight.map(({ mixtureLoss, agentLoss }) => mixtureLoss - agentLoss),
      },
    ];
  }, [walk, key, steps]);
  const all = lines.flatMap(({ values }) => values).filter((value) => value !== null);
  return (
    <StepLines
      {...rest}
      label="Cumulative regret against the best agent so far, over the steps."
      lines={lines}
      count={walk.source.cases.length}
      min={Math.min(0, ...all)}
      max={Math.max(0.01, ...all)}
      format={(value) => formatSigned(value, 2)}
    />
  );
}

function Flags({ walk, step }: { readonly walk: Walk; readonly step: number }) {
  const flags = walk.flags.filter((flag) => flag.step <= step).slice(-8);
  if (flags.length === 0) return <p className="quiet">No drift has been noticed by this step.</p>;
  return (
    <ul className="lab-flags" aria-label="Drifts noticed by this step">
      {flags.map(({ agent, drift, step: at }) => (
        <li key={`${agent} ${at}`}>
          <Badge tone={drift.direction === "worse" ? "bad" : "good"} icon="flag">
            <SafeText text={agent} foldAt={30} /> {drift.direction}
          </Badge>{" "}
          noticed {drift.noticed}, since {drift.since}: from {formatNumber(drift.before, 3)} to{" "}
          {formatNumber(drift.after, 3)} against the others
        </li>
      ))}
    </ul>
  );
}
