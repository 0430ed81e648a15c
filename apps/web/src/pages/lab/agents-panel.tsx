/** Who is asked and what each one says, to be changed by hand. */
import type { AgentRecord, View } from "@mycroft/ensemble";
import { memo, useCallback, useState } from "react";
import { Badge } from "../../design/badge.tsx";
import { Button, IconButton } from "../../design/button.tsx";
import { Checkbox, Field, Select } from "../../design/field.tsx";
import { Panel } from "../../design/panel.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { plainText } from "../../design/visible-text.ts";
import { AgentDetails } from "./agent-details.tsx";
import {
  addAgent,
  knownOf,
  type LabCase,
  labLimits,
  outcomesOf,
  removeAgent,
  renameAgent,
  setAbstaining,
  setOutcomes,
  setProbability,
} from "./lab-case.ts";
import { ProbabilitySliders } from "./probability-sliders.tsx";

export type ChangeCase = (change: (given: LabCase) => LabCase) => void;

interface AgentsPanelProps {
  readonly given: LabCase;
  readonly records: readonly AgentRecord[] | null;
  readonly isMadeUp: boolean;
  readonly onChange: ChangeCase;
}

/** @param props.records those of the walk; null: those of the case. */
export function AgentsPanel({ given, records, isMadeUp, onChange }: AgentsPanelProps) {
  const { views } = given.request;
  const outcomes = outcomesOf(given);
  const known = records ?? knownOf(given.request).agents;
  return (
    <Panel
      title="What the agents say"
      about="Drag a bar, or move it with the arrow keys: the agent's other probabilities give way in proportion."
      actions={
        <Button
          size="small"
          icon="plus"
          disabled={views.length >= labLimits.agents}
          onClick={() => onChange(addAgent)}
        >
          Add an agent
        </Button>
      }
    >
      <CaseFields given={given} outcomes={outcomes} isMadeUp={isMadeUp} onChange={onChange} />
      <ul className="lab-agents">
        {views.map((view, index) => (
          <AgentRow
            // A name is edited in place: the row must keep its identity meanwhile.
            // biome-ignore lint/suspicious/noArrayIndexKey: See above.
            key={index}
            view={view}
            outcomes={outcomes}
            record={known.find(({ agent }) => agent === view.agent) ?? null}
            isTaught={records !== null}
            canRemove={views.length > 2}
            onChange={onChange}
          />
        ))}
      </ul>
    </Panel>
  );
}

function CaseFields({
  given,
  outcomes,
  isMadeUp,
  onChange,
}: Omit<AgentsPanelProps, "records"> & { readonly outcomes: readonly string[] }) {
  const { subject, asOf, horizonDays } = given.request;
  return (
    <div className="lab-case-fields">
      {isMadeUp ? (
        <OutcomesField outcomes={outcomes} onChange={onChange} />
      ) : (
        <p>
          <strong>
            <SafeText text={subject} />
          </strong>{" "}
          as of {asOf}, over {horizonDays} days
        </p>
      )}
      <Select
        label="What followed"
        value={given.outcome === null ? "unknown" : String(given.outcome)}
        choices={[
          { value: "unknown", label: "not known" },
          ...outcomes.map((outcome, index) => ({ value: String(index), label: plainText(outcome, 40) })),
        ]}
        onChange={(value) =>
          onChange((before) => ({ ...before, outcome: value === "unknown" ? null : Number(value) }))
        }
      />
    </div>
  );
}

/** Taken when the field is left, or Enter is pressed. */
function OutcomesField({
  outcomes,
  onChange,
}: {
  readonly outcomes: readonly string[];
  readonly onChange: ChangeCase;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const names = (typed ?? "").split(",").map((name) => name.trim());
  const problem = typed === null ? null : problemOf(names);
  const take = (): void => {
    if (typed === null || problem !== null) return;
    setTyped(null);
    onChange((given) => setOutcomes(given, names));
  };
  return (
    <Field label="Outcomes, the lowest first" error={problem}>
      {(control) => (
        <input
          {...control}
          className="input"
          value={typed ?? outcomes.join(", ")}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => event.key === "Enter" && take()}
        />
      )}
    </Field>
  );
}

function problemOf(names: readonly string[]): string | null {
  const { outcomes: most } = labLimits;
  if (names.length < 2 || names.length > most) return `Name 2 to ${most} outcomes, with commas between them.`;
  if (names.some((name) => name === "" || name.length > 40)) return "A name has 1 to 40 characters.";
  return new Set(names).size === names.length ? null : "Each name can be there once.";
}

interface AgentRowProps {
  readonly view: View;
  readonly outcomes: readonly string[];
  readonly record: AgentRecord | null;
  readonly isTaught: boolean;
  readonly canRemove: boolean;
  readonly onChange: ChangeCase;
}

const AgentRow = memo(function AgentRow({
  view,
  outcomes,
  record,
  isTaught,
  canRemove,
  onChange,
}: AgentRowProps) {
  const { agent } = view;
  const [isOpen, setIsOpen] = useState(false);
  const onMove = useCallback(
    (moved: string, base: readonly number[], outcome: number, to: number) =>
      onChange((given) => setProbability(given, moved, base, outcome, to)),
    [onChange],
  );
  return (
    <li className="lab-agent">
      <div className="lab-agent-head">
        <NameField agent={agent} onChange={onChange} />
        {record?.drift !== undefined && (
          <Badge tone={record.drift.direction === "worse" ? "warn" : "good"} icon="flag">
            {record.drift.direction} since {record.drift.since}
          </Badge>
        )}
        <span className="lab-agent-actions">
          <Checkbox
            label="abstains"
            isChecked={view.type === "abstention"}
            onChange={(abstains) => onChange((given) => setAbstaining(given, agent, abstains))}
          />
          <IconButton
            icon="close"
            label={`Remove ${plainText(agent, 60)}`}
            disabled={!canRemove}
            onClick={() => onChange((given) => removeAgent(given, agent))}
          />
        </span>
      </div>
      {view.type === "abstention" ? (
        <p className="quiet">
          It abstains: <SafeText text={view.reason} foldAt={200} />
        </p>
      ) : (
        <>
          <ProbabilitySliders
            agent={agent}
            outcomes={outcomes}
            probabilities={view.probabilities}
            onMove={onMove}
          />
          <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
            <summary>Record and facts{view.evidence.length > 0 && ` (${view.evidence.length})`}</summary>
            {isOpen && (
              <AgentDetails opinion={view} record={record} isTaught={isTaught} onChange={onChange} />
            )}
          </details>
        </>
      )}
    </li>
  );
});

/** Taken when the field is left, or Enter is pressed; a name that is empty or taken is not. */
function NameField({ agent, onChange }: { readonly agent: string; readonly onChange: ChangeCase }) {
  const [typed, setTyped] = useState<string | null>(null);
  const take = (): void => {
    if (typed !== null && typed !== agent) onChange((given) => renameAgent(given, agent, typed.trim()));
    setTyped(null);
  };
  return (
    <input
      className="lab-name"
      aria-label="Name of the agent"
      maxLength={100}
      value={typed ?? agent}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take()}
    />
  );
}
