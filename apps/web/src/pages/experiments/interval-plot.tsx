/** Estimates with their intervals on one scale, one line each: whose intervals overlap is seen at a glance. */
import "./experiments.css";
import { formatNumber } from "../../design/format.ts";
import { ScrollX } from "../../design/scroll-x.tsx";
import { plainText } from "../../design/visible-text.ts";

export interface Estimate {
  readonly name: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Quiet: there to be compared with. */
  readonly isMuted?: boolean;
}

interface IntervalPlotProps {
  readonly label: string;
  readonly estimates: readonly Estimate[];
  readonly digits?: number;
  /** A line is drawn here. */
  readonly reference?: number;
}

const [width, nameWidth, rightWidth, rowHeight, top, bottom] = [640, 170, 60, 24, 8, 28];

export function IntervalPlot({ label, estimates, digits = 3, reference }: IntervalPlotProps) {
  const ends = estimates.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const all = reference === undefined ? ends : [...ends, reference];
  const least = Math.min(...all);
  const most = Math.max(...all);
  const room = most - least || 1;
  const x = (value: number): number =>
    nameWidth + ((value - least + 0.04 * room) / (1.08 * room)) * (width - nameWidth - rightWidth);
  const height = top + estimates.length * rowHeight + bottom;
  const base = height - bottom + 4;
  return (
    <ScrollX label={label}>
      <svg
        className="interval-plot"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={textOf(label, estimates, digits)}
      >
        {reference !== undefined && (
          <line className="interval-zero" x1={x(reference)} x2={x(reference)} y1={top} y2={base} />
        )}
        {estimates.map(({ name, value, low, high, isMuted = false }, index) => {
          const y = top + (index + 0.5) * rowHeight;
          return (
            <g key={name}>
              <text x={nameWidth - 10} y={y + 4} textAnchor="end">
                {plainText(name, 24)}
              </text>
              {low !== null && high !== null && (
                <line
                  className={isMuted ? "interval-bar interval-muted" : "interval-bar"}
                  x1={x(low)}
                  x2={x(high)}
                  y1={y}
                  y2={y}
                />
              )}
              <circle className={isMuted ? "interval-muted" : "interval-dot"} cx={x(value)} cy={y} r={4} />
              <text className="interval-quiet" x={width - rightWidth + 6} y={y + 4}>
                {formatNumber(value, digits)}
              </text>
            </g>
          );
        })}
        <line className="interval-axis" x1={nameWidth} x2={width - rightWidth} y1={base} y2={base} />
        {[least, (least + most) / 2, most].map((tick) => (
          <text key={tick} className="interval-quiet" x={x(tick)} y={base + 16} textAnchor="middle">
            {formatNumber(tick, digits)}
          </text>
        ))}
      </svg>
    </ScrollX>
  );
}

function textOf(label: string, estimates: readonly Estimate[], digits: number): string {
  const lines = estimates.map(({ name, value, low, high }) => {
    const span =
      low === null || high === null ? "" : ` (${formatNumber(low, digits)} to ${formatNumber(high, digits)})`;
    return `${plainText(name, 40)} ${formatNumber(value, digits)}${span}`;
  });
  return `${label}: ${lines.join("; ")}`;
}
