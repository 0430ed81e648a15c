/** Two agents to be compared. */
import { useState } from "react";
import { useNavigate } from "react-router";
import { comparePath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { Select } from "../../design/field.tsx";
import { plainText } from "../../design/visible-text.ts";

interface PairFormProps {
  /** At least two. */
  readonly agents: readonly string[];
  readonly a?: string | undefined;
  readonly b?: string | undefined;
}

export function PairForm({ agents, a, b }: PairFormProps) {
  const navigate = useNavigate();
  const [left, setLeft] = useState(a ?? agents[0] ?? "");
  const [right, setRight] = useState(b ?? agents.find((name) => name !== left) ?? "");
  const choices = agents.map((name) => ({ value: name, label: plainText(name, 60) }));
  return (
    <form
      className="pair-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (left !== right) void navigate(comparePath(left, right));
      }}
    >
      <Select label="One agent" value={left} choices={choices} onChange={setLeft} />
      <Select
        label="and another"
        value={right}
        choices={choices}
        onChange={setRight}
        {...(left === right && { error: "Choose two that differ." })}
      />
      <Button submits kind="primary" disabled={left === right}>
        Compare
      </Button>
    </form>
  );
}
