/** What differs between two things, place by place: the value on each side, beside each other where there is room. */
import "./difference-list.css";
import type { ReactNode } from "react";
import { Badge, type Tone } from "./badge.tsx";
import { SafeText } from "./safe-text.tsx";

export interface ShownDifference {
  /** Where, such as `steps[2].retry`; empty for the things themselves. */
  readonly path: string;
  /** Null where there is none on that side. */
  readonly left: ReactNode;
  readonly right: ReactNode;
  /** The difference in a few words, where there are any. */
  readonly note?: string | null;
}

export interface SideName {
  readonly name: string;
  readonly tone: Tone;
}

interface DifferenceListProps {
  readonly differences: readonly ShownDifference[];
  readonly left: SideName;
  readonly right: SideName;
}

export function DifferenceList({ differences, left, right }: DifferenceListProps) {
  return (
    <ul className="differences">
      {differences.map((difference) => (
        <li key={difference.path}>
          <code>
            {difference.path === "" ? "the whole" : <SafeText text={difference.path} foldAt={200} />}
          </code>
          {difference.note != null && <span className="quiet"> {difference.note}</span>}
          <div className="difference-sides">
            <Side side={left} value={difference.left} />
            <Side side={right} value={difference.right} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Side({ side, value }: { readonly side: SideName; readonly value: ReactNode }) {
  return (
    <div className="difference-side">
      <Badge tone={side.tone}>{side.name}</Badge>
      {value ?? <span className="quiet">not there</span>}
    </div>
  );
}
