/** Room kept for what is on its way, so that nothing jumps when it comes. */
import "./notices.css";

export function Skeleton({
  lines = 3,
  label = "Loading",
}: {
  readonly lines?: number;
  readonly label?: string;
}) {
  return (
    <div className="stack" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <SkeletonBlock
          // biome-ignore lint/suspicious/noArrayIndexKey: Lines are all alike.
          key={line}
          heightRem={1.1}
          widthPercent={line === lines - 1 ? 60 : 100}
        />
      ))}
    </div>
  );
}

export function SkeletonBlock({
  heightRem,
  widthPercent = 100,
}: {
  readonly heightRem: number;
  readonly widthPercent?: number;
}) {
  return <span className="skeleton" style={{ height: `${heightRem}rem`, width: `${widthPercent}%` }} />;
}
