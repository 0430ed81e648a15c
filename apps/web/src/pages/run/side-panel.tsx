/** What was chosen on a run's page, told in full beside it: a task, the tasks of a node, an event. Escape closes it. */
import { type ReactNode, useEffect, useRef } from "react";
import { IconButton } from "../../design/button.tsx";
import { EventPanel } from "./event-panel.tsx";
import { NodePanel } from "./node-panel.tsx";
import { TaskPanel } from "./task-panel.tsx";
import type { Place } from "./use-place.ts";
import type { RunView } from "./use-run-view.ts";

export function SidePanel({ view, place }: { readonly view: RunView; readonly place: Place }) {
  const { task, event, node } = place;
  if (task !== null) {
    return (
      <Frame key={`task ${task}`} title={task} kind="Task" onClose={place.close}>
        <TaskPanel view={view} task={task} place={place} />
      </Frame>
    );
  }
  if (event !== null) {
    return (
      <Frame key={`event ${event}`} title={`Event ${event}`} kind="Event" onClose={place.close}>
        <EventPanel runId={view.run.runId} seq={event} />
      </Frame>
    );
  }
  if (node !== null) {
    return (
      <Frame key={`node ${node}`} title={node} kind="Node" onClose={place.close}>
        <NodePanel view={view} path={node} place={place} />
      </Frame>
    );
  }
  return null;
}

interface FrameProps {
  readonly title: string;
  readonly kind: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Frame({ title, kind, onClose, children }: FrameProps) {
  const ref = useRef<HTMLElement>(null);
  const cameFrom = useRef<Element | null>(null);
  useEffect(() => {
    cameFrom.current = document.activeElement;
    return () => {
      // Back to what it was opened from, if that is still there and the focus is lost otherwise.
      const back = cameFrom.current;
      if (document.activeElement === document.body && back instanceof HTMLElement && back.isConnected)
        back.focus();
    };
  }, []);
  return (
    <aside
      ref={ref}
      className="side-panel"
      aria-label={`${kind} ${title}`}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header className="side-panel-head">
        <div>
          <p className="section-title">{kind}</p>
          <h2>
            <bdi>{title}</bdi>
          </h2>
        </div>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: What scrolls must be reachable by the keyboard (WCAG 2.1.1). */}
      <section className="side-panel-body" aria-label={`About ${kind.toLowerCase()} ${title}`} tabIndex={0}>
        {children}
      </section>
    </aside>
  );
}
