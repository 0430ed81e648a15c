/** Counts by status: each with the mark of its status; in words for those who do not see the marks. */
import "./status-counts.css";
import { Icon } from "../design/icon.tsx";
import { lookOf } from "../design/status-badge.tsx";
import { countEntries, type StatusCounts } from "./status-order.ts";

export function StatusCountList({ counts }: { readonly counts: StatusCounts }) {
  return (
    <span className="status-counts">
      {countEntries(counts).map(([status, count]) => {
        const { icon, tone, word } = lookOf(status);
        return (
          <span key={status} className={`status-count tone-${tone}`} title={`${count} ${word}`}>
            <Icon name={icon} size={12} />
            {count.toLocaleString("en")}
            <span className="visually-hidden"> {word}</span>
          </span>
        );
      })}
    </span>
  );
}

/** "3 failed, 12 succeeded". */
export function countText(counts: StatusCounts): string {
  const entries = countEntries(counts);
  if (entries.length === 0) return "not begun";
  return entries.map(([status, count]) => `${count} ${lookOf(status).word}`).join(", ");
}
