/** What went into the run and what came out of it. */
import { Hash } from "../../design/hash.tsx";
import { BoundedJson } from "../../design/json-view.tsx";
import { Panel } from "../../design/panel.tsx";
import type { RunView } from "./use-run-view.ts";

export function DataTab({ view: { detail } }: { readonly view: RunView }) {
  const output = detail.result?.output ?? null;
  return (
    <div className="columns">
      <Panel title="Input" actions={<Hash hash={detail.inputHash} label="hash of the input" />}>
        <BoundedJson value={detail.input} />
      </Panel>
      <Panel title="Output">
        {output === null ? (
          <p className="quiet">
            {detail.result === null ? "It has not ended yet." : "It ended without an output."}
          </p>
        ) : (
          <BoundedJson value={output} />
        )}
      </Panel>
    </div>
  );
}
