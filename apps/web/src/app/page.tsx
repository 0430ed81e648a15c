/** The frame of every page: its title in the tab and as its one heading, which gets the focus when a person has come here by a link. */
import "./page.css";
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "react-router";
import { plainText } from "../design/visible-text.ts";
import { arriveAt } from "./arrival.ts";

interface PageProps {
  /** In the tab. */
  readonly title: string;
  /** In the heading, where it is more than the title. */
  readonly heading?: ReactNode;
  /** A sentence under the heading. */
  readonly about?: ReactNode;
  /** What may be done here, at the right of the heading. */
  readonly actions?: ReactNode;
  /** Above the heading: where this page belongs. */
  readonly trail?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, heading, about, actions, trail, children }: PageProps) {
  const ref = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `${plainText(title, 80)} \u00b7 Mycroft`;
  }, [title]);
  useEffect(() => {
    if (arriveAt(pathname, document.activeElement === document.body)) ref.current?.focus();
  }, [pathname]);
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-titles">
          {trail !== undefined && <p className="page-trail">{trail}</p>}
          <h1 ref={ref} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {about !== undefined && <p className="page-about">{about}</p>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
