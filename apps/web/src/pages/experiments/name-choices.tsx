/** Names to choose any number of, in columns that scroll within themselves where there are many. */
import "./experiments.css";
import { type ReactNode, useId } from "react";
import { Checkbox } from "../../design/field.tsx";
import { SafeText } from "../../design/safe-text.tsx";

interface NameChoicesProps {
  readonly label: string;
  readonly hint: ReactNode;
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  /** In the order of `names`. */
  readonly onChange: (chosen: readonly string[]) => void;
}

export function NameChoices({ label, hint, names, chosen, onChange }: NameChoicesProps) {
  const hintId = useId();
  const choose = (name: string, isChosen: boolean): void =>
    onChange(names.filter((one) => (one === name ? isChosen : chosen.includes(one))));
  return (
    <fieldset className="experiment-choices-set" aria-describedby={hintId}>
      <legend className="field-label">{label}</legend>
      <div className="experiment-choices">
        {names.map((name) => (
          <Checkbox
            key={name}
            label={<SafeText text={name} />}
            isChecked={chosen.includes(name)}
            onChange={(isChosen) => choose(name, isChosen)}
          />
        ))}
      </div>
      <p id={hintId} className="field-hint">
        {hint}
      </p>
    </fieldset>
  );
}
