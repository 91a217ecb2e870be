import { timelineLegend } from "../../shared/timeline.ts";
import { helpSections } from "../input/help.ts";
import { hints, keyLabel } from "../input/keymap.ts";
import type { Binding } from "../input/keymap.ts";
import { detail } from "../state/detail.ts";
import { lineOf, lineWord } from "../state/probes.ts";
import { connectionLabel, countAlerts, countStates, gapNote } from "../state/selectors.ts";
import { banner, bannerRemedy } from "../state/outlets.ts";
import type { Line } from "../state/line-editor.ts";
import type { Pane } from "../state/panes.ts";
import type { ConsoleState, Tone } from "../state/state.ts";
import { timeOfDay } from "../state/time-of-day.ts";
import { fit, measured } from "./cells.ts";
import { paneFacts, paneTitles } from "./pane-words.ts";
import { glyphs, invert, lineTones, paint } from "./theme.ts";
import type { Theme } from "./theme.ts";

interface Part {
  text: string;
  tone?: Tone | undefined;
}

const widthOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + measured(part.text).width, 0);
const painted = (parts: readonly Part[], theme: Theme): string =>
  parts.map(({ text, tone }) => paint(theme, tone, measured(text).text)).join("");

/** Parts on the left and parts on the right; from the left side whole parts go when there is no room. */
function spread(left: readonly Part[], right: readonly Part[], width: number, theme: Theme): string {
  const kept = [...left];
  while (kept.length > 1 && widthOf(kept) + widthOf(right) + 1 > width) kept.pop();
  const space = Math.max(1, width - widthOf(kept) - widthOf(right));
  return painted(kept, theme) + " ".repeat(space) + painted(right, theme);
}

function counts(state: ConsoleState): Part[] {
  const by = countStates(state.entities.status);
  const shown: [string, number | undefined, Tone][] = [
    ["down", by.down, "bad"],
    ["late", by.late, "warn"],
    ["new", by.new, "accent"],
    ["up", by.up, "good"],
    ["off-hours", by["off-hours"], "dim"],
    ["paused", by.paused, "dim"],
  ];
  return shown.flatMap(([name, count, tone]) => (count ? [{ text: `   ${count} ${name}`, tone }] : []));
}

/** What the rule over the hosts has room for beside where one is among them. */
function note(state: ConsoleState, pane: Pane, room: number): string {
  const text = pane === "hosts" && state.synced ? gapNote(state) : "";
  return text && text.length + 2 < room ? ` ${text} ` : "";
}

/** Who this is, how the connection stands, how the internet line is unless it is up, how the hosts are, how late it is. */
export function headerLine(state: ConsoleState, theme: Theme): string {
  const { columns } = state.size;
  const label = connectionLabel(state);
  const { firing, acknowledged } = countAlerts(state.entities.alert);
  const open = firing + acknowledged;
  const alerts: Part = {
    text: open === 0 ? "no alerts" : `${open} alert${open > 1 ? "s" : ""}`,
    tone: firing ? "bad" : open ? "warn" : "dim",
  };
  const line = lineOf(state);
  const trouble: Part[] =
    line && line.state !== "up" ? [{ text: `   line ${lineWord(line.state)}`, tone: lineTones[line.state] }] : [];
  const right: Part[] = [...(state.synced ? [alerts] : []), { text: `   ${timeOfDay(state.now)} ` }];
  return spread(
    [
      { text: " sentinel ", tone: "strong" },
      { text: ` ${label.text}`, tone: label.tone },
      ...trouble,
      ...counts(state),
    ],
    right,
    columns,
    theme,
  );
}

/** Which rows of how many, when they don't all fit. */
function position(state: ConsoleState, pane: Pane, height: number): string {
  const total = state.order[pane].length;
  const { top } = state.cursors[pane];
  return total <= height ? "" : ` ${top + 1}-${Math.min(total, top + height)} of ${total} `;
}

export function titleLine(state: ConsoleState, pane: Pane, height: number, theme: Theme): string {
  const focused = state.pane === pane && !state.overlay;
  const right = position(state, pane, height);
  return ruleLine(state, { name: paneTitles[pane], facts: paneFacts(state, pane), right, focused, pane }, theme);
}

interface Rule {
  name: string;
  facts: string;
  right: string;
  focused?: boolean;
  pane?: Pane;
}

/** A rule with a title, what there is to say beside it, and more on the right. */
export function ruleLine(state: ConsoleState, { name, facts, right, focused, pane }: Rule, theme: Theme): string {
  const { rule } = glyphs(theme);
  const left: Part[] = [
    { text: `${rule} `, tone: focused ? "accent" : "dim" },
    { text: name, tone: focused ? "accent" : "strong" },
    { text: facts ? ` ${facts} ` : " ", tone: "dim" },
  ];
  const room = state.size.columns - widthOf(left) - measured(right).width - 1;
  const said = pane ? note(state, pane, room) : "";
  const rules = Math.max(0, room - said.length);
  return painted(
    [
      ...left,
      { text: rule.repeat(rules), tone: focused ? "accent" : "dim" },
      { text: said + right, tone: "dim" },
      { text: rule, tone: focused ? "accent" : "dim" },
    ],
    theme,
  );
}

/** What must be read before all else, and on the right what to do about it; empty if there is nothing. */
export function bannerLine(state: ConsoleState, theme: Theme): string {
  const text = banner(state.entities);
  if (text === undefined) return "";
  const remedy = ` ${bannerRemedy} `;
  const room = state.size.columns - measured(remedy).width;
  return paint(theme, "bad", fit(` ${text}`, room, { ellipsis: glyphs(theme).ellipsis }) + remedy);
}

export const detailLine = (state: ConsoleState, theme: Theme): string =>
  paint(theme, "dim", fit(` ${detail(state)}`, state.size.columns, { ellipsis: glyphs(theme).ellipsis }));

function hintParts(bindings: readonly Binding[], width: number, theme: Theme): Part[] {
  const parts: Part[] = [{ text: " " }];
  for (const { keys, short = "" } of bindings) {
    const more: Part[] = [
      { text: keyLabel(keys[0] ?? "", theme.unicode), tone: "strong" },
      { text: ` ${short}   `, tone: "dim" },
    ];
    if (widthOf(parts) + widthOf(more) > width) break;
    parts.push(...more);
  }
  return parts;
}

/** What is being typed, with its caret in view. */
function promptLine(
  state: ConsoleState,
  { label, about, line }: { label: string; about: string; line: Line },
  theme: Theme,
): string {
  const { ellipsis } = glyphs(theme);
  const { columns } = state.size;
  const hint = columns >= 80 ? hintParts(hints(state), 40, theme) : [];
  const name = fit(label, Math.min(measured(label).width, Math.floor(columns / 2)), { ellipsis });
  const room = columns - measured(name).width - widthOf(hint) - 3;
  const points = [...line.text];
  const before = points.slice(0, line.caret);
  while (measured(before.join("")).width > room - 2) before.shift();
  const at = points[line.caret] ?? " ";
  const after = line.text ? points.slice(line.caret + 1).join("") : about;
  const left = room - measured(before.join("")).width - measured(at).width;
  const rest = paint(theme, line.text ? undefined : "dim", fit(after, Math.max(0, left), { ellipsis }));
  return ` ${paint(theme, "accent", name)} ${before.join("")}${invert(at)}${rest}${painted(hint, theme)}`;
}

/** The bottom line: what is being typed, else what has just happened, else what can be done. */
export function footerLine(state: ConsoleState, theme: Theme): string {
  const { overlay, toast, size } = state;
  if (overlay?.kind === "comment") {
    const many = overlay.ids.length > 1 ? ` (${overlay.ids.length} alerts)` : "";
    return promptLine(
      state,
      { label: `Acknowledge ${overlay.about}${many}:`, about: "comment, if any", line: overlay.line },
      theme,
    );
  }
  if (overlay?.kind === "filter")
    return promptLine(state, { label: "Filter:", about: "id, name or tag", line: overlay.line }, theme);
  if (toast && !overlay)
    return paint(theme, toast.tone, fit(` ${toast.text}`, size.columns, { ellipsis: glyphs(theme).ellipsis }));
  return painted(hintParts(hints(state), size.columns, theme), theme);
}

/** The help, made from the keymap: how to read the screen, then one line a binding. */
export function helpLines(theme: Theme): string[] {
  const { levels, failed } = glyphs(theme);
  const legend = [
    paint(theme, "strong", " Reading"),
    "   STATE        DOWN past its grace, LATE within it, new: never seen",
    "   !            C critical, W warning, I info",
    "   STATE        held, snoozed: nobody is told for now; hidden: another alert explains it",
    `   LINE         - up, ${timelineLegend}`,
    `   INTERVALS    between heartbeats: ${levels[0]} short, ${levels[3]} on time, ${levels[7]} long, ${failed} failed`,
  ];
  const keys = helpSections.flatMap(({ title, bindings }) => [
    "",
    paint(theme, "strong", ` ${title}`),
    ...bindings.map(
      ({ keys: names, title: does }) =>
        `   ${paint(theme, "accent", fit(names.map((key) => keyLabel(key, theme.unicode)).join(" "), 12))} ${does}`,
    ),
  ]);
  return [...legend, ...keys];
}
