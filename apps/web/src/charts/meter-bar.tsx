/** A number between two ends, as a bar beside the number itself: a share from the left, or what leans to either side of a middle. */
import "./meter-bar.css";

interface MeterBarProps {
  readonly value: number;
  /** Of a full bar. */
  readonly max?: number;
  readonly color?: string;
}

/** Beside its number, which says it to those who do not see the bar. */
export function MeterBar({ value, max = 1, color = "var(--accent)" }: MeterBarProps) {
  const share = Math.min(1, Math.max(0, value / max));
  return (
    <span className="meter" aria-hidden="true">
      <span className="meter-fill" style={{ width: `${100 * share}%`, background: color }} />
    </span>
  );
}

/** From the middle to the left where it is negative, to the right where it is positive. */
export function LeanBar({ value, max = 1 }: { readonly value: number; readonly max?: number }) {
  const share = Math.min(1, Math.abs(value) / max);
  const width = `${50 * share}%`;
  return (
    <span className="meter meter-lean" aria-hidden="true">
      <span
        className="meter-fill"
        style={
          value < 0
            ? { width, right: "50%", background: "var(--down)" }
            : { width, left: "50%", background: "var(--up)" }
        }
      />
      <span className="meter-middle" />
    </span>
  );
}
