/** The application's icons, as paths on a grid of 16: no font and no file to load. Always beside a word, or named by its button. */

const paths = {
  today: "M2 3h12v3H2zM2 8h7v5H2zM11 8h3v5h-3z",
  runs: "M3 3v10l4-5zM9 3v10l5-5z",
  workflows: "M2 3h4v4H2zM10 3h4v3h-4zM10 10h4v3h-4zM6 5h4M8 5v6.5h2",
  agents: "M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 14c0-3 2.2-4.5 5-4.5s5 1.500 5 4.500",
  experiments: "M6 2h4M7 2v4l-4 7.500h10L9 6V2",
  lab: "M2 12c3 0 3-8 6-8s3 8 6 8M2 14.500h12",
  about: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.500V11M8 5v.1",
  menu: "M2 4h12M2 8h12M2 12h12",
  close: "M3.500 3.500l9 9M12.500 3.500l-9 9",
  copy: "M5.500 5.500h8v8h-8zM3 10.500H2.500v-8h8V3",
  check: "M3 8.500l3.500 3.500L13 4.500",
  cross: "M4 4l8 8M12 4l-8 8",
  warning: "M8 2.500l6.500 11.500h-13zM8 7v3M8 12v.1",
  circle: "M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10z",
  half: "M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10zM8 3v10",
  ban: "M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10zM4.500 4.500l7 7",
  skip: "M3 4l5 4-5 4zM9 4l4 4-4 4",
  retry: "M13 8a5 5 0 1 1-1.500-3.500M13 2.500V5h-2.500",
  moon: "M12.500 9.500A5 5 0 0 1 6.500 3.500a5 5 0 1 0 6 6z",
  sun: "M8 10.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1",
  screen: "M2 3h12v8H2zM6 14h4M8 11v3",
  flag: "M4 14V2.500h8l-2 3 2 3H4",
  hand: "M8 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM4 13c0-2.500 1.800-4 4-4M10 12l1.500 1.500 3-3.500",
  layers: "M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3",
  up: "M8 3.500l5 8.500H3z",
  down: "M8 12.500l5-8.500H3z",
  flat: "M2.500 8h11",
  play: "M4 2.500v11l9-5.500z",
  replay: "M3 8a5 5 0 1 0 1.500-3.500M3 2.500V5h2.500M7 6v4l3-2z",
  arrow: "M3 8h10M9 4l4 4-4 4",
  chevron: "M6 3.500l4.500 4.500L6 12.500",
  search: "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.500 10.500L14 14",
  bolt: "M9 1.500L3.500 9H8l-1 5.500L12.500 7H8z",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.500V8l2.500 2",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  pause: "M5 3v10M11 3v10",
  key: "M5.500 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8.500 8H14M12 8v2.500",
  split: "M2 8h4M6 8c3 0 3-4.500 8-4.500M6 8c3 0 3 4.500 8 4.500",
  from: "M13 4v4.500H4M7 5.500l-3 3 3 3",
} as const;

export type IconName = keyof typeof paths;

const filled: ReadonlySet<IconName> = new Set(["up", "down", "play", "skip", "bolt"]);

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill={filled.has(name) ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
