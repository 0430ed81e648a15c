/** A titled part of a page: a section with its own heading, so that headings alone give the page's outline. */
import "./panel.css";
import { type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";

interface PanelProps {
  readonly title: ReactNode;
  /** A sentence under the title: what is seen here. */
  readonly about?: ReactNode;
  /** At the right of the title. */
  readonly actions?: ReactNode;
  readonly level?: 2 | 3;
  /** No space around the content, as for tables. */
  readonly isFlush?: boolean;
  readonly className?: string;
  /** By what other parts of the page link to it. */
  readonly anchor?: string;
  readonly children: ReactNode;
}

export function Panel({
  title,
  about,
  actions,
  level = 2,
  isFlush = false,
  className,
  anchor,
  children,
}: PanelProps) {
  const id = useId();
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section
      className={classNames("panel", className)}
      aria-labelledby={id}
      {...(anchor !== undefined && { id: anchor, tabIndex: -1 })}
    >
      <header className="panel-head">
        <div className="panel-titles">
          <Heading id={id} className="panel-title">
            {title}
          </Heading>
          {about !== undefined && <p className="panel-about">{about}</p>}
        </div>
        {actions !== undefined && <div className="panel-actions">{actions}</div>}
      </header>
      <div className={isFlush ? "panel-flush" : "panel-body"}>{children}</div>
    </section>
  );
}
