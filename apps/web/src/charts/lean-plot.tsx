/** Where each agent leans, and where the ensemble does, on one scale from the lowest outcome to the highest: who is against whom, at a glance. */
import "./lean-plot.css";
import { formatSigned } from "../design/format.ts";
import { plainText } from "../design/visible-text.ts";

interface LeanPlotProps {
  readonly label: string;
  readonly agents: readonly { readonly agent: string; readonly tilt: number }[];
  /** Null where there is no view. */
  readonly result: number | null;
  /** The tilt at either end; the same for all that stand in one table. */
  readonly max?: number;
}

const width = 200;
const height = 28;
const margin = 8;

export function LeanPlot({ label, agents, result, max = 1 }: LeanPlotProps) {
  const xOf = (tilt: number): number => place(tilt, max);
  const stacks = stackUp(agents, xOf);
  const text = [
    ...agents.map(({ agent, tilt }) => `${plainText(agent, 40)} ${formatSigned(tilt)}`),
    `together ${result === null ? "no view" : formatSigned(result)}`,
  ].join(", ");
  return (
    <svg className="lean-plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${label}: ${text}`}>
      <title>{text}</title>
      <line className="lean-plot-axis" x1={margin} x2={width - margin} y1={22} y2={22} />
      <line className="lean-plot-axis" x1={width / 2} x2={width / 2} y1={3} y2={25} />
      {stacks.map(({ agent, tilt, level }) => (
        <circle key={agent} className={sideClass(tilt)} cx={xOf(tilt)} cy={16 - level * 5} r={3.6} />
      ))}
      {result !== null && <path className="lean-plot-result" d={`M${xOf(result)} 18l4 4-4 4-4-4z`} />}
    </svg>
  );
}

function place(tilt: number, max: number): number {
  return width / 2 + Math.min(1, Math.max(-1, tilt / max)) * (width / 2 - margin);
}

function sideClass(tilt: number): string {
  // The limit of the ensemble's own sides.
  if (Math.abs(tilt) < 0.05) return "lean-plot-middle";
  return tilt < 0 ? "lean-plot-lower" : "lean-plot-upper";
}

/** Those that lie on each other go up by a level, at most two. */
function stackUp(agents: LeanPlotProps["agents"], xOf: (tilt: number) => number) {
  const placed: { agent: string; tilt: number; level: number }[] = [];
  for (const { agent, tilt } of agents.toSorted((a, b) => a.tilt - b.tilt)) {
    const near = placed.filter((one) => Math.abs(xOf(one.tilt) - xOf(tilt)) < 6).map(({ level }) => level);
    const level = [0, 1, 2].find((one) => !near.includes(one)) ?? 2;
    placed.push({ agent, tilt, level });
  }
  return placed;
}
