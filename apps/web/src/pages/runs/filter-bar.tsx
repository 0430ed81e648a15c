/** The filters of the list of runs. Text takes effect when typing pauses. */
import "./filter-bar.css";
import { useEffect, useEffectEvent, useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../design/button.tsx";
import { Select, TextField } from "../../design/field.tsx";
import { lookOf } from "../../design/status-badge.tsx";
import { type RunFilters, runStatuses } from "./run-filters.ts";

interface FilterBarProps {
  readonly filters: RunFilters;
  readonly onFilter: (filters: RunFilters) => void;
}

const typingMs = 250;

export function FilterBar({ filters, onFilter }: FilterBarProps) {
  const workflows = useApi("listWorkflows", {}).data?.workflows ?? [];
  const names = new Set([
    ...workflows.map(({ name }) => name),
    ...(filters.workflow ? [filters.workflow] : []),
  ]);
  const set = (key: keyof RunFilters, value: string): void => {
    const { [key]: _, ...rest } = filters;
    onFilter((value === "" ? rest : { ...rest, [key]: value }) as RunFilters);
  };
  const { parent, ...others } = filters;
  return (
    <search className="filter-bar" aria-label="Filter runs">
      <Select
        label="Workflow"
        value={filters.workflow ?? ""}
        choices={[
          { value: "", label: "all" },
          ...Array.from(names, (name) => ({ value: name, label: name })),
        ]}
        onChange={(value) => set("workflow", value)}
      />
      <Select
        label="Status"
        value={filters.status ?? ""}
        choices={[
          { value: "", label: "all" },
          ...runStatuses.map((status) => ({ value: status, label: lookOf(status).word })),
        ]}
        onChange={(value) => set("status", value)}
      />
      <PausingField label="Tag" value={filters.tag ?? ""} onChange={(value) => set("tag", value)} />
      <PausingField
        label="Id begins with"
        value={filters.prefix ?? ""}
        onChange={(value) => set("prefix", value)}
      />
      {Object.keys(others).length > 0 && (
        <Button kind="quiet" icon="close" onClick={() => onFilter(parent === undefined ? {} : { parent })}>
          Clear
        </Button>
      )}
    </search>
  );
}

interface PausingFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function PausingField({ label, value, onChange }: PausingFieldProps) {
  const [text, setText] = useState(value);
  const tell = useEffectEvent(onChange);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => tell(text.trim()), typingMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <TextField
      label={label}
      value={text}
      onChange={setText}
      type="search"
      maxLength={200}
      autoComplete="off"
    />
  );
}
