/** Where a number came from: a small link to the task that made it, or to the part of the page that it is made of. */
import "./from-link.css";
import { Link } from "react-router";
import { Icon } from "../design/icon.tsx";
import { plainText } from "../design/visible-text.ts";
import { runPath } from "./paths.ts";

interface FromLinkProps {
  readonly runId: string;
  /** Null: it is not known, and nothing is shown. */
  readonly task: string | null | undefined;
  /** What comes from there; read aloud. */
  readonly what: string;
}

export function FromLink({ runId, task, what }: FromLinkProps) {
  if (task === null || task === undefined) return null;
  const name = `Where ${what} came from: ${plainText(task, 120)}`;
  return (
    <Link className="from-link" to={runPath(runId, { task })} title={name} aria-label={name}>
      <Icon name="from" size={12} />
      from
    </Link>
  );
}

interface FromHereProps {
  /** Of the element on this page. */
  readonly id: string;
  readonly what: string;
  /** What is found there: "the cases". */
  readonly place: string;
}

export function FromHere({ id, what, place }: FromHereProps) {
  const name = `Where ${what} came from: ${place}`;
  return (
    <a
      className="from-link"
      href={`#${id}`}
      title={name}
      aria-label={name}
      onClick={(event) => {
        // The address keeps what it says of the page.
        event.preventDefault();
        const target = document.getElementById(id);
        target?.scrollIntoView({ block: "start" });
        target?.focus({ preventScroll: true });
      }}
    >
      <Icon name="from" size={12} />
      from
    </a>
  );
}
