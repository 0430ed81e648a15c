/** What every page stands in: the way to skip to the content, the navigation, the state of the connection. */
import "./shell.css";
import { Suspense } from "react";
import { Link, Outlet } from "react-router";
import { useLiveUpdates } from "../api/use-live-updates.ts";
import { useSession } from "../api/use-session.ts";
import { Skeleton } from "../design/skeleton.tsx";
import { ConnectionBanner, ConnectionMark } from "./connection-banner.tsx";
import { Navigation } from "./navigation.tsx";
import { paths } from "./paths.ts";
import { SchemeSwitch } from "./scheme-switch.tsx";

const contentId = "content";

export function Shell() {
  useLiveUpdates();
  // Asked before any page is there: what a person may do is known when its buttons are drawn.
  useSession();
  return (
    <div className="shell">
      <a className="skip-link" href={`#${contentId}`}>
        Skip to the content
      </a>
      <header className="shell-head">
        <Link to={paths.today} className="shell-name">
          <img src="/favicon.svg" alt="" width={20} height={20} />
          Mycroft
        </Link>
        <span className="shell-tools">
          <ConnectionMark />
          <SchemeSwitch />
        </span>
      </header>
      <Navigation />
      <main id={contentId} className="shell-content" tabIndex={-1}>
        <ConnectionBanner />
        <Suspense
          fallback={
            <div className="page">
              <Skeleton lines={6} label="Loading the page" />
            </div>
          }
        >
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}
