/** What a person sets around every policy: how many opinions are needed, who may veto, what conflict does, and how sure the view may be. */
import type { ConflictRule, Guardrails, VetoRule } from "@mycroft/ensemble";
import { Checkbox, Select, Slider } from "../../design/field.tsx";
import { formatPercent } from "../../design/format.ts";
import { Panel } from "../../design/panel.tsx";
import { plainText } from "../../design/visible-text.ts";
import type { ChangeCase } from "./agents-panel.tsx";
import { type LabCase, outcomesOf, setGuardrails, setQuorum } from "./lab-case.ts";

interface GuardrailsPanelProps {
  readonly given: LabCase;
  readonly onChange: ChangeCase;
}

export function GuardrailsPanel({ given, onChange }: GuardrailsPanelProps) {
  const { guardrails = {}, quorum, views } = given.request;
  const change = (changed: Guardrails): void =>
    onChange((before) => setGuardrails(before, withoutNothing({ ...before.request.guardrails, ...changed })));
  return (
    <Panel
      title="Guardrails"
      about="They hold around any policy. What they change is shown apart from what the policy said."
    >
      <div className="lab-guardrails">
        <Slider
          label="Quorum"
          hint="Fewer opinions give no view, and none is made up"
          value={Math.min(quorum, views.length)}
          min={1}
          max={views.length}
          step={1}
          text={`${quorum} of ${views.length}`}
          onChange={(value) => onChange((before) => setQuorum(before, value))}
        />
        <ConflictFields
          rule={guardrails.conflict?.[0] ?? null}
          onChange={(rule) => change({ conflict: rule })}
        />
        <ClampFields given={given} onChange={change} />
        <VetoFields given={given} onChange={change} />
      </div>
    </Panel>
  );
}

/** Null when none is left, so that the resolution says nothing of guardrails. */
function withoutNothing({ veto = [], conflict = [], clamp }: Guardrails): Guardrails | null {
  if (veto.length === 0 && conflict.length === 0 && clamp === undefined) return null;
  return {
    ...(veto.length > 0 && { veto }),
    ...(conflict.length > 0 && { conflict }),
    ...(clamp !== undefined && { clamp }),
  };
}

function ConflictFields({
  rule,
  onChange,
}: {
  readonly rule: ConflictRule | null;
  readonly onChange: (rule: readonly ConflictRule[]) => void;
}) {
  return (
    <fieldset className="lab-rule">
      <legend className="visually-hidden">Above a divergence</legend>
      <Checkbox
        label="Above a divergence, do something"
        isChecked={rule !== null}
        onChange={(has) => onChange(has ? [{ above: 0.1, action: "shrink" }] : [])}
      />
      {rule !== null && (
        <>
          <Slider
            label="Divergence"
            value={rule.above}
            min={0}
            max={0.5}
            step={0.01}
            text={rule.above.toFixed(2)}
            onChange={(above) => onChange([{ ...rule, above }])}
          />
          <Select
            label="Then"
            value={rule.action}
            choices={[
              { value: "shrink", label: "shrink towards all outcomes alike" },
              { value: "anotherRound", label: "ask the agents again" },
              { value: "askPerson", label: "ask a person" },
              { value: "abstain", label: "go without a view" },
            ]}
            onChange={(action) =>
              onChange([{ measure: rule.measure, above: rule.above, action }].map(definedOnly))
            }
          />
        </>
      )}
    </fieldset>
  );
}

function definedOnly({ measure, ...rule }: ConflictRule): ConflictRule {
  return measure === undefined ? rule : { ...rule, measure };
}

function ClampFields({
  given,
  onChange,
}: {
  readonly given: LabCase;
  readonly onChange: (changed: Guardrails) => void;
}) {
  const clamp = given.request.guardrails?.clamp;
  const size = outcomesOf(given).length;
  const ceiling = clamp?.ceiling ?? 1;
  return (
    <Slider
      label="No outcome above"
      hint="100% sets no bound"
      value={ceiling}
      min={Math.ceil(100 / size) / 100}
      max={1}
      step={0.01}
      text={formatPercent(ceiling, 0)}
      onChange={(value) => onChange({ clamp: value >= 1 ? undefined : { ceiling: value } })}
    />
  );
}

function VetoFields({
  given,
  onChange,
}: {
  readonly given: LabCase;
  readonly onChange: (changed: Guardrails) => void;
}) {
  const rule: VetoRule | null = given.request.guardrails?.veto?.[0] ?? null;
  const agents = given.request.views.map(({ agent }) => agent);
  return (
    <fieldset className="lab-rule">
      <legend className="visually-hidden">Veto</legend>
      <Select
        label="May veto an upward view"
        value={rule?.agents[0] ?? ""}
        choices={[
          { value: "", label: "nobody" },
          ...agents.map((agent) => ({ value: agent, label: plainText(agent, 60) })),
        ]}
        onChange={(agent) =>
          onChange({
            veto: agent === "" ? [] : [{ agents: [agent], side: "lower", atLeast: rule?.atLeast ?? 0.5 }],
          })
        }
      />
      {rule !== null && (
        <Slider
          label="When it gives the lower side at least"
          value={rule.atLeast}
          min={0}
          max={1}
          step={0.01}
          text={formatPercent(rule.atLeast, 0)}
          onChange={(atLeast) => onChange({ veto: [{ ...rule, atLeast }] })}
        />
      )}
    </fieldset>
  );
}
