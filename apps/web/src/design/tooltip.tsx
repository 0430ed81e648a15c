/** A few words that explain a few others: on hover, on focus and on touch, above everything, closed by Escape. */
import "./tooltip.css";
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";

interface TooltipProps {
  readonly text: ReactNode;
  readonly children: ReactNode;
}

/** The children become a button; they must be no link or button themselves. */
export function Tooltip({ text, children }: TooltipProps) {
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  const show = (): void => {
    if (bubble.current === null || trigger.current === null) return;
    if (!bubble.current.matches(":popover-open")) bubble.current.showPopover();
    place(bubble.current, trigger.current.getBoundingClientRect());
  };
  const hide = (): void => {
    if (bubble.current?.matches(":popover-open") === true) bubble.current.hidePopover();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") hide();
  };
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className="tooltip-trigger"
        aria-describedby={id}
        onMouseEnter={show}
        onMouseLeave={hide}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={onKeyDown}
      >
        {children}
      </button>
      <span ref={bubble} id={id} role="tooltip" popover="manual" className="tooltip">
        {text}
      </span>
    </>
  );
}

const marginPx = 8;

function place(bubble: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = bubble;
  const left = Math.min(
    Math.max(marginPx, at.left + at.width / 2 - width / 2),
    innerWidth - width - marginPx,
  );
  const above = at.top - height - marginPx;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${above < marginPx ? at.bottom + marginPx : above}px`;
}
