/** Two runs to be compared. */
import { useState } from "react";
import { useNavigate } from "react-router";
import { diffPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";

export function RunPairForm({ left, right }: { readonly left: string; readonly right: string }) {
  const navigate = useNavigate();
  const [one, setOne] = useState(left);
  const [other, setOther] = useState(right);
  const isWhole = one.trim() !== "" && other.trim() !== "";
  return (
    <form
      className="diff-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) void navigate(diffPath(one.trim(), other.trim()));
      }}
    >
      <TextField
        label="Left"
        hint="A run's id, its beginning, or latest"
        value={one}
        onChange={setOne}
        maxLength={200}
        autoComplete="off"
      />
      <TextField
        label="Right"
        hint="What is new, as a rule"
        value={other}
        onChange={setOther}
        maxLength={200}
        autoComplete="off"
      />
      <div className="row">
        <Button submits kind="primary" disabled={!isWhole}>
          Compare
        </Button>
        <Button disabled={!isWhole} onClick={() => void navigate(diffPath(other.trim(), one.trim()))}>
          Swap
        </Button>
      </div>
    </form>
  );
}
