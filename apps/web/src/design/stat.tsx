/** One number with its name, what it means, and where it came from. */
import "./stat.css";
import type { ReactNode } from "react";

interface StatProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  /** A few quiet words under the number. */
  readonly note?: ReactNode;
}

/** Belongs in `Stats`. */
export function Stat({ label, value, note }: StatProps) {
  return (
    <div className="stat">
      <dt className="stat-label">{label}</dt>
      <dd className="stat-value">{value}</dd>
      {note !== undefined && <dd className="stat-note">{note}</dd>}
    </div>
  );
}

export function Stats({ children }: { readonly children: ReactNode }) {
  return <dl className="stats">{children}</dl>;
}
