/** The way to the pages: a bar at the side, on a phone at the bottom. */
import { NavLink } from "react-router";
import { Icon, type IconName } from "../design/icon.tsx";
import { paths } from "./paths.ts";

interface Place {
  readonly to: string;
  readonly name: string;
  readonly icon: IconName;
}

const places: readonly Place[] = [
  { to: paths.today, name: "Today", icon: "today" },
  { to: paths.runs, name: "Runs", icon: "runs" },
  { to: paths.workflows, name: "Workflows", icon: "workflows" },
  { to: paths.agents, name: "Agents", icon: "agents" },
  { to: paths.experiments, name: "Experiments", icon: "experiments" },
  { to: paths.lab, name: "Lab", icon: "lab" },
  { to: paths.about, name: "About", icon: "about" },
];

export function Navigation() {
  return (
    <nav className="navigation" aria-label="Pages">
      <ul>
        {places.map(({ to, name, icon }) => (
          <li key={to}>
            <NavLink to={to} end={to === paths.today} className="navigation-link">
              <Icon name={icon} />
              <span>{name}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
