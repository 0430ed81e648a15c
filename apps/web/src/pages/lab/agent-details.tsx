/** What else is known of an agent and of its opinion: its record, its confidence, the age of its data, and its facts. */
import type { AgentRecord, Fact, Opinion } from "@mycroft/ensemble";
import { useState } from "react";
import { Button, IconButton } from "../../design/button.tsx";
import { Checkbox, TextField } from "../../design/field.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { type LabCase, setConfidence, setDataDay, setEvidence, setRecord } from "./lab-case.ts";

interface AgentDetailsProps {
  readonly opinion: Opinion;
  readonly record: AgentRecord | null;
  /** The record comes from the walk, and is not set by hand. */
  readonly isTaught: boolean;
  readonly onChange: (change: (given: LabCase) => LabCase) => void;
}

export function AgentDetails({ opinion, record, isTaught, onChange }: AgentDetailsProps) {
  const { agent, rationale } = opinion;
  return (
    <div className="lab-details">
      <p className="quiet">
        It says: <SafeText text={rationale} foldAt={280} />
      </p>
      <RecordFields agent={agent} record={record} isTaught={isTaught} onChange={onChange} />
      <div className="lab-fields">
        <NumberField
          label="Stated confidence"
          hint="0 to 1; only the baseline self-confidence reads it"
          value={opinion.confidence ?? null}
          isValid={(value) => value >= 0 && value <= 1}
          onChange={(value) => onChange((given) => setConfidence(given, agent, value))}
        />
        <TextField
          type="date"
          label="Newest data"
          hint={`At or before ${opinion.asOf}`}
          value={opinion.dataAsOf ?? ""}
          onChange={(value) => {
            if (value <= opinion.asOf)
              onChange((given) => setDataDay(given, agent, value === "" ? null : value));
          }}
        />
      </div>
      <Facts opinion={opinion} onChange={onChange} />
    </div>
  );
}

function RecordFields({
  agent,
  record,
  isTaught,
  onChange,
}: Omit<AgentDetailsProps, "opinion"> & { agent: string }) {
  if (isTaught) {
    return (
      <p className="quiet">
        {record === null
          ? "None of its opinions has been scored by this step."
          : `By this step ${record.scored} of its opinions have been scored, ${record.meanScore.toFixed(4)} on average.`}
      </p>
    );
  }
  return (
    <div className="lab-fields">
      <Checkbox
        label="Has a record"
        isChecked={record !== null}
        onChange={(has) =>
          onChange((given) => setRecord(given, agent, has ? { scored: 60, meanScore: 0.16 } : null))
        }
      />
      {record !== null && (
        <>
          <NumberField
            label="Scored opinions"
            value={record.scored}
            isValid={(value) => Number.isInteger(value) && value >= 0 && value <= 100_000}
            onChange={(value) =>
              onChange((given) =>
                setRecord(given, agent, { scored: value ?? 0, meanScore: record.meanScore }),
              )
            }
          />
          <NumberField
            label="Mean score"
            hint="Ranked probability score, 0 to 1; lower is better"
            value={record.meanScore}
            isValid={(value) => value >= 0 && value <= 1}
            onChange={(value) =>
              onChange((given) => setRecord(given, agent, { scored: record.scored, meanScore: value ?? 0 }))
            }
          />
        </>
      )}
    </div>
  );
}

function Facts({ opinion, onChange }: Pick<AgentDetailsProps, "opinion" | "onChange">) {
  const { agent, evidence, asOf } = opinion;
  const set = (facts: readonly Fact[]): void => onChange((given) => setEvidence(given, agent, facts));
  return (
    <fieldset className="lab-facts">
      <legend>Facts that it rests on</legend>
      {evidence.slice(0, mostFacts).map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: Facts have no identity but their place while they are edited.
        <div className="lab-fact" key={index}>
          <TextField
            label="Fact"
            maxLength={100}
            value={fact.name}
            onChange={(name) => name !== "" && set(evidence.with(index, { ...fact, name }))}
          />
          <TextField
            label="Value"
            maxLength={200}
            value={String(fact.value)}
            onChange={(value) => set(evidence.with(index, { ...fact, value: factValue(value) }))}
          />
          <TextField
            type="date"
            label="Known on"
            value={fact.date}
            onChange={(date) => date !== "" && date <= asOf && set(evidence.with(index, { ...fact, date }))}
          />
          <TextField
            label="Source"
            maxLength={200}
            value={fact.source}
            onChange={(source) => source !== "" && set(evidence.with(index, { ...fact, source }))}
          />
          <IconButton
            icon="close"
            label={`Remove the fact ${fact.name}`}
            onClick={() => set(evidence.toSpliced(index, 1))}
          />
        </div>
      ))}
      {evidence.length < mostFacts && (
        <Button
          size="small"
          icon="plus"
          onClick={() =>
            set([...evidence, { name: "revenue-growth", value: 0.1, date: asOf, source: "by hand" }])
          }
        >
          Add a fact
        </Button>
      )}
    </fieldset>
  );
}

const mostFacts = 12;

/** What looks like a number is one, so that 0.10 and 0.1 are the same fact. */
function factValue(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

interface NumberFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: number | null;
  readonly isValid: (value: number) => boolean;
  readonly onChange: (value: number | null) => void;
}

/** Keeps what is being typed until it is a number that can be taken. */
export function NumberField({ label, hint, value, isValid, onChange }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (value === null ? "" : String(value));
  const isWrong = typed !== null && typed !== "" && !isValid(Number(typed));
  return (
    <TextField
      type="number"
      label={label}
      {...(hint !== undefined && { hint })}
      {...(isWrong && { error: "This cannot be taken." })}
      value={text}
      onChange={(next) => {
        const isTaken = next === "" || isValid(Number(next));
        setTyped(isTaken ? null : next);
        if (isTaken) onChange(next === "" ? null : Number(next));
      }}
    />
  );
}
