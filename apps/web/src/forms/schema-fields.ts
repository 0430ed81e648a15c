/**
 * From a JSON Schema to the fields of a form, and from what was typed to a value. A schema that says more than a form can
 * show (a union, a list of objects) becomes a field for JSON. The server checks the value again; this only helps to fill it in.
 */

export interface SchemaField {
  /** Names from the outside in: `["limits", "maxTilt"]`. */
  readonly path: readonly string[];
  readonly kind: "text" | "date" | "number" | "integer" | "yesNo" | "choice" | "texts" | "json";
  readonly isRequired: boolean;
  readonly description: string | null;
  /** Of a choice. */
  readonly choices: readonly string[];
  readonly defaultText: string;
  readonly limits: string | null;
}

/** What was typed, by `fieldKey`. */
export type FormTexts = Readonly<Record<string, string>>;

type Schema = Readonly<Record<string, unknown>>;

const deepestForm = 3;
const mostFields = 60;

/** Null when the schema is no object with known fields: then only JSON will do. */
export function fieldsOf(schema: unknown): readonly SchemaField[] | null {
  if (!isObject(schema) || !isObject(schema["properties"])) return null;
  const fields = collect(schema, [], true);
  return fields.length === 0 || fields.length > mostFields ? null : fields;
}

/** A name for a field that the API's messages use too: `limits.maxTilt`. */
export function fieldKey(path: readonly string[]): string {
  return path.join(".");
}

/** The texts that show `value`. */
export function textsOf(fields: readonly SchemaField[], value: unknown): FormTexts {
  return Object.fromEntries(
    fields.map((field) => {
      const found = field.path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
      return [fieldKey(field.path), found === undefined ? "" : textOf(field, found)];
    }),
  );
}

export interface ReadForm {
  readonly value: Readonly<Record<string, unknown>>;
  /** What is wrong, by `fieldKey`; the value is no use unless this is empty. */
  readonly errors: Readonly<Record<string, string>>;
}

/** A field that is left empty is left out, so that its default applies. */
export function readForm(fields: readonly SchemaField[], texts: FormTexts): ReadForm {
  const value: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const field of fields) {
    const key = fieldKey(field.path);
    const text = (texts[key] ?? "").trim();
    if (text === "") {
      if (field.isRequired) errors[key] = "This is needed.";
      continue;
    }
    const read = readText(field, text);
    if ("error" in read) errors[key] = read.error;
    else place(value, field.path, read.value);
  }
  return { value, errors };
}

function collect(schema: Schema, path: readonly string[], isRequired: boolean): readonly SchemaField[] {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(properties).flatMap(([name, property]) => {
    const inner = isObject(property) ? property : {};
    const at = [...path, name];
    // Fields that have defaults are listed as required by schemas of what is read, not of what is written.
    const isNeeded = isRequired && required.includes(name) && inner["default"] === undefined;
    const isGroup = inner["type"] === "object" && isObject(inner["properties"]) && at.length < deepestForm;
    return isGroup ? collect(inner, at, isNeeded) : [fieldOf(inner, at, isNeeded)];
  });
}

function fieldOf(schema: Schema, path: readonly string[], isRequired: boolean): SchemaField {
  const choices = Array.isArray(schema["enum"])
    ? schema["enum"].filter((one) => typeof one === "string")
    : [];
  const kind = kindOf(schema, choices);
  const { description, default: byDefault } = schema as { description?: unknown; default?: unknown };
  const field = {
    path,
    kind,
    isRequired,
    description: typeof description === "string" ? description : null,
    choices,
    limits: limitsOf(schema),
    defaultText: "",
  };
  return byDefault === undefined ? field : { ...field, defaultText: textOf(field, byDefault) };
}

function kindOf(schema: Schema, choices: readonly string[]): SchemaField["kind"] {
  if (choices.length > 0) return "choice";
  switch (schema["type"]) {
    case "string":
      return schema["format"] === "date" ? "date" : "text";
    case "number":
    case "integer":
      return schema["type"];
    case "boolean":
      return "yesNo";
    case "array":
      return isObject(schema["items"]) && schema["items"]["type"] === "string" ? "texts" : "json";
    default:
      return "json";
  }
}

function limitsOf({ minimum, maximum, minItems, maxItems }: Schema): string | null {
  // Bounds that stand for "any whole number" say nothing to a person.
  const low = meaningful(minimum) ?? meaningful(minItems);
  const high = meaningful(maximum) ?? meaningful(maxItems);
  if (low === null && high === null) return null;
  if (high === null) return `at least ${low}`;
  return low === null ? `at most ${high}` : `${low} to ${high}`;
}

function meaningful(bound: unknown): number | null {
  return typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : null;
}

function textOf({ kind }: Pick<SchemaField, "kind">, value: unknown): string {
  if (kind === "json") return JSON.stringify(value, null, 2);
  if (kind === "texts" && Array.isArray(value)) return value.map(String).join(", ");
  if (kind === "yesNo") return value === true ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function readText(
  { kind, choices }: SchemaField,
  text: string,
): { readonly value: unknown } | { readonly error: string } {
  switch (kind) {
    case "text":
    case "date":
      return { value: text };
    case "choice":
      return choices.includes(text) ? { value: text } : { error: `One of ${choices.join(", ")}.` };
    case "yesNo":
      return { value: text === "yes" };
    case "texts":
      return { value: text.split(/[\s,;]+/).filter((one) => one !== "") };
    case "number":
    case "integer":
      return readNumber(text, kind === "integer");
    case "json":
      return readJson(text);
  }
}

function readNumber(text: string, isWhole: boolean) {
  const value = Number(text);
  if (!Number.isFinite(value)) return { error: "This is no number." };
  return isWhole && !Number.isInteger(value) ? { error: "A whole number, please." } : { value };
}

/** JSON as a person types it; the error is the browser's own, which says where. */
export function readJson(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  const inner = Object.hasOwn(target, name) && isObject(target[name]) ? { ...target[name] } : {};
  place(inner, rest, value);
  Object.defineProperty(target, name, { value: inner, enumerable: true, configurable: true, writable: true });
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
