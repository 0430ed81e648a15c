/** Any JSON, as a tree that opens where a person looks: deep and long values stay folded, so that megabytes cost nothing. */
import "./values.css";
import type { BoundedValue } from "@mycroft/protocol";
import { type ReactNode, useState } from "react";
import { formatBytes, formatCount, formatPlural } from "./format.ts";
import { Hash } from "./hash.tsx";
import { SafeText } from "./safe-text.tsx";

/** Of a list or an object, at once. */
const entriesAtOnce = 100;
const openDepth = 2;

export function JsonView({ value, label }: { readonly value: unknown; readonly label?: string }) {
  return (
    <div className="json">
      <Node value={value} name={label ?? null} depth={0} />
    </div>
  );
}

/** A value that may be too large to have been sent. */
export function BoundedJson({ value, label }: { readonly value: BoundedValue; readonly label?: string }) {
  if ("value" in value) return <JsonView value={value.value} {...(label !== undefined && { label })} />;
  return (
    <p className="quiet">
      {formatBytes(value.bytes)} of JSON, too large to show.
      {value.hash !== null && (
        <>
          {" "}
          Its hash is <Hash hash={value.hash} />
        </>
      )}
    </p>
  );
}

interface NodeProps {
  readonly value: unknown;
  readonly name: string | null;
  readonly depth: number;
}

function Node({ value, name, depth }: NodeProps) {
  const [isOpen, setIsOpen] = useState(depth < openDepth);
  if (typeof value !== "object" || value === null) {
    return (
      <div>
        <Key name={name} />
        <Leaf value={value} />
      </div>
    );
  }
  const isList = Array.isArray(value);
  const count = isList ? value.length : Object.keys(value).length;
  const summary = isList
    ? `[${formatPlural(count, "entry", "entries")}]`
    : `{${formatPlural(count, "field")}}`;
  if (count === 0) {
    return (
      <div>
        <Key name={name} />
        {isList ? "[]" : "{}"}
      </div>
    );
  }
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <Key name={name} />
        <span className="quiet">{summary}</span>
      </summary>
      {isOpen && <Entries value={value} depth={depth} count={count} />}
    </details>
  );
}

function Entries({
  value,
  depth,
  count,
}: {
  readonly value: object;
  readonly depth: number;
  readonly count: number;
}) {
  const [shown, setShown] = useState(entriesAtOnce);
  const entries = Object.entries(value).slice(0, shown);
  return (
    <ul>
      {entries.map(([key, entry]) => (
        <li key={key}>
          <Node value={entry} name={key} depth={depth + 1} />
        </li>
      ))}
      {count > shown && (
        <li>
          <button type="button" className="text-button" onClick={() => setShown(shown + 10 * entriesAtOnce)}>
            {formatCount(count - shown)} more
          </button>
        </li>
      )}
    </ul>
  );
}

function Key({ name }: { readonly name: string | null }): ReactNode {
  if (name === null) return null;
  return (
    <>
      <span className="json-key">
        <SafeText text={name} foldAt={100} />
      </span>
      {": "}
    </>
  );
}

function Leaf({ value }: { readonly value: unknown }) {
  if (typeof value === "string") {
    return (
      <span className="json-string">
        &quot;
        <SafeText text={value} foldAt={300} />
        &quot;
      </span>
    );
  }
  const kind = typeof value === "number" ? "json-number" : "json-word";
  return <span className={kind}>{String(value)}</span>;
}
