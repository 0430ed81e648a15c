/** A run's input: as a form where the workflow's schema allows one, as JSON always. */
import { useState } from "react";
import { Select, TextAreaField, TextField } from "../design/field.tsx";
import { Tabs } from "../design/tabs.tsx";
import {
  type FormTexts,
  fieldKey,
  fieldsOf,
  readForm,
  readJson,
  type SchemaField,
  textsOf,
} from "./schema-fields.ts";

/** What has been typed so far. */
export interface InputDraft {
  readonly mode: "form" | "json";
  readonly texts: FormTexts;
  readonly json: string;
}

export type ReadInput =
  | { readonly value: unknown; readonly errors: null }
  | { readonly value: null; readonly errors: Readonly<Record<string, string>> };

/** The key of an error that concerns the whole. */
const wholeInput = "";

export function startDraft(schema: unknown, example: unknown): InputDraft {
  const fields = fieldsOf(schema);
  const json = JSON.stringify(example ?? {}, null, 2);
  return { mode: fields === null ? "json" : "form", texts: textsOf(fields ?? [], example), json };
}

export function readDraft(schema: unknown, draft: InputDraft): ReadInput {
  if (draft.mode === "json") {
    const read = readJson(draft.json);
    return "error" in read
      ? { value: null, errors: { [wholeInput]: read.error } }
      : { value: read.value, errors: null };
  }
  const { value, errors } = readForm(fieldsOf(schema) ?? [], draft.texts);
  return Object.keys(errors).length === 0 ? { value, errors: null } : { value: null, errors };
}

interface InputEditorProps {
  readonly schema: unknown;
  readonly draft: InputDraft;
  readonly onChange: (draft: InputDraft) => void;
  /** By field; those of fields that are not shown stand above. */
  readonly errors: Readonly<Record<string, string>>;
}

export function InputEditor({ schema, draft, onChange, errors }: InputEditorProps) {
  const fields = fieldsOf(schema);
  const onMode = (mode: InputDraft["mode"]): void => onChange(switched(schema, draft, mode));
  if (fields === null) return <JsonEditor draft={draft} onChange={onChange} errors={errors} />;
  return (
    <Tabs
      label="How to write the input"
      tabs={[
        { id: "form", label: "Form" },
        { id: "json", label: "JSON" },
      ]}
      selected={draft.mode}
      onSelect={onMode}
    >
      {draft.mode === "form" ? (
        <FieldList fields={fields} draft={draft} onChange={onChange} errors={errors} />
      ) : (
        <JsonEditor draft={draft} onChange={onChange} errors={errors} />
      )}
    </Tabs>
  );
}

/** What was typed is taken along as far as the other way can show it. */
function switched(schema: unknown, draft: InputDraft, mode: InputDraft["mode"]): InputDraft {
  if (mode === draft.mode) return draft;
  const fields = fieldsOf(schema) ?? [];
  if (mode === "json") {
    return { ...draft, mode, json: JSON.stringify(readForm(fields, draft.texts).value, null, 2) };
  }
  const read = readJson(draft.json);
  return "error" in read ? { ...draft, mode } : { ...draft, mode, texts: textsOf(fields, read.value) };
}

type PartProps = Omit<InputEditorProps, "schema">;

function JsonEditor({ draft, onChange, errors }: PartProps) {
  const all = Object.entries(errors).map(([field, message]) =>
    field === "" ? message : `${field}: ${message}`,
  );
  return (
    <TextAreaField
      label="Input, as JSON"
      isCode
      rows={14}
      value={draft.json}
      onChange={(json) => onChange({ ...draft, json })}
      error={all.join(" ")}
    />
  );
}

function FieldList({
  fields,
  draft,
  onChange,
  errors,
}: PartProps & { readonly fields: readonly SchemaField[] }) {
  const [areMoreShown, setAreMoreShown] = useState(false);
  const set = (key: string, text: string): void =>
    onChange({ ...draft, texts: { ...draft.texts, [key]: text } });
  const show = (shown: readonly SchemaField[]) =>
    shown.map((field) => {
      const key = fieldKey(field.path);
      return (
        <FieldInput
          key={key}
          field={field}
          text={draft.texts[key] ?? ""}
          error={errorOf(errors, key)}
          onChange={(text) => set(key, text)}
        />
      );
    });
  const main = fields.filter(({ path }) => path.length === 1);
  const inner = fields.filter(({ path }) => path.length > 1);
  const strayErrors = Object.entries(errors).filter(
    ([at]) => !fields.some(({ path }) => isWithin(at, fieldKey(path))),
  );
  return (
    <div className="stack">
      {strayErrors.map(([at, message]) => (
        <p key={at} className="field-error" role="alert">
          {at === "" ? message : `${at}: ${message}`}
        </p>
      ))}
      {show(main)}
      {inner.length > 0 && (
        <details
          open={areMoreShown || inner.some(({ path }) => errorOf(errors, fieldKey(path)) !== undefined)}
          onToggle={(event) => setAreMoreShown(event.currentTarget.open)}
        >
          <summary>More: {[...new Set(inner.map(({ path }) => path[0]))].join(", ")}</summary>
          <div className="stack">{show(inner)}</div>
        </details>
      )}
    </div>
  );
}

interface FieldInputProps {
  readonly field: SchemaField;
  readonly text: string;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
}

const inputTypes = { date: "date", number: "text", integer: "text", text: "text", texts: "text" } as const;

function FieldInput({ field, text, error, onChange }: FieldInputProps) {
  const frame = { label: fieldKey(field.path), hint: hintOf(field), error };
  switch (field.kind) {
    case "choice":
    case "yesNo": {
      const values = field.kind === "choice" ? field.choices : ["yes", "no"];
      const choices = values.map((value) => ({ value, label: value }));
      const all = field.isRequired
        ? choices
        : [{ value: "", label: `default${defaultOf(field)}` }, ...choices];
      return <Select {...frame} value={text} choices={all} onChange={onChange} />;
    }
    case "json":
      return <TextAreaField {...frame} isCode rows={3} value={text} onChange={onChange} />;
    default:
      return (
        <TextField
          {...frame}
          type={inputTypes[field.kind]}
          value={text}
          onChange={onChange}
          placeholder={field.defaultText}
        />
      );
  }
}

function hintOf({ kind, description, limits, isRequired }: SchemaField): string {
  const parts = [
    description,
    kind === "texts" ? "separated by commas" : null,
    limits,
    isRequired ? null : "may be left empty",
  ];
  return parts.filter((part) => part !== null).join("; ");
}

function defaultOf({ defaultText }: SchemaField): string {
  return defaultText === "" ? "" : ` (${defaultText})`;
}

/** `universe[3]` is within `universe`. */
function isWithin(at: string, key: string): boolean {
  return at === key || at.startsWith(`${key}.`) || at.startsWith(`${key}[`);
}

function errorOf(errors: Readonly<Record<string, string>>, key: string): string | undefined {
  const found = Object.entries(errors).filter(([at]) => isWithin(at, key));
  if (found.length === 0) return undefined;
  return found.map(([at, message]) => (at === key ? message : `${at}: ${message}`)).join(" ");
}
