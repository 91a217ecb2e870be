import { timelineLegend } from "../../shared/timeline.ts";
import { helpSections } from "../input/help.ts";
import { hints, keyLabel, keymap } from "../input/keymap.ts";
import { keysOf } from "../input/binding.ts";
import type { Binding } from "../input/binding.ts";
import { fit, measured } from "../state/cells.ts";
import { glyphs } from "../state/glyphs.ts";
import type { Line } from "../state/line-editor.ts";
import { lineTones } from "../state/line-panel.ts";
import { banner, bannerRemedy } from "../state/outlets.ts";
import { topOverlay } from "../state/overlays.ts";
import type { Pane } from "../state/pane.ts";
import type { Part, StyledLine, Tone } from "../state/part.ts";
import { lineOf, lineWord } from "../state/probes.ts";
import { ruleLine, spread, widthOf } from "../state/rule.ts";
import { focused, screenIds, screens } from "../state/screens.ts";
import type { ScreenId } from "../state/screens.ts";
import { connectionLabel, countAlerts, countStates, gapNote } from "../state/selectors.ts";
import type { ConsoleState } from "../state/state.ts";
import { hourAndMinute } from "../state/time-of-day.ts";

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

/** Which daemon this is, where there are several. */
const daemonName = ({ context, contexts }: ConsoleState): string =>
  contexts.length > 1 ? `${context.replace(/^https?:\/\//, "")} ` : "";

/** Who this is, how the connection stands, how the internet line is unless it is up, how the hosts are, how late it is. */
export function headerLine(state: ConsoleState): StyledLine {
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
  const frozen: Part[] = state.frozen ? [{ text: "   frozen", tone: "warn" }] : [];
  return spread(
    [
      { text: ` sentinel ${daemonName(state)}`, tone: "strong" },
      { text: ` ${label.text}`, tone: label.tone },
      ...frozen,
      ...trouble,
      ...counts(state),
    ],
    [...(state.synced ? [alerts] : []), { text: `   ${hourAndMinute(state.now)} ` }],
    state.size.columns,
  );
}

export function titleLine(state: ConsoleState, pane: Pane, height: number): StyledLine {
  const facts = state.synced ? pane.facts(state) : "";
  const note = pane.id === "hosts" && state.synced ? gapNote(state) : "";
  const isFocused = focused(state).pane === pane && topOverlay(state) === undefined;
  return ruleLine(state, { name: pane.title, facts, right: pane.position(state, height), focused: isFocused, note });
}

/** What must be read before all else, and on the right what to do about it; empty if there is nothing. */
export function bannerLine(state: ConsoleState): StyledLine {
  const text = banner(state.entities);
  if (text === undefined) return [];
  const remedy = ` ${bannerRemedy} `;
  const room = state.size.columns - measured(remedy).width;
  return [{ text: fit(` ${text}`, room, { ellipsis: glyphs(state).ellipsis }) + remedy, tone: "bad" }];
}

export const detailLine = (state: ConsoleState): StyledLine => {
  const text = ` ${focused(state).pane.detail(state)}`;
  return [{ text: fit(text, state.size.columns, { ellipsis: glyphs(state).ellipsis }), tone: "dim" }];
};

function hintParts(state: ConsoleState, bindings: readonly Binding[], width: number): Part[] {
  const drawn = (binding: Binding): Part[] => [
    { text: keyLabel(keysOf(state, binding)[0] ?? "", state.unicode), tone: "strong" },
    { text: ` ${binding.short ?? ""}   `, tone: "dim" },
  ];
  // The way to the help is always there, as it has what doesn't fit.
  let help = bindings.filter(({ id }) => id === "help.open").flatMap(drawn);
  const parts: Part[] = [{ text: " " }];
  for (const binding of bindings) {
    const more = drawn(binding);
    if (binding.id === "help.open") help = [];
    if (widthOf(parts) + widthOf(more) + widthOf(help) > width) break;
    parts.push(...more);
  }
  return [...parts, ...help];
}

/** What is being typed, with its caret in view. */
export function promptLine(
  state: ConsoleState,
  { label, about, line }: { label: string; about: string; line: Line },
): StyledLine {
  const { ellipsis } = glyphs(state);
  const { columns } = state.size;
  const hint = columns >= 80 ? hintParts(state, hints(state), 40) : [];
  const name = fit(label, Math.min(measured(label).width, Math.floor(columns / 2)), { ellipsis });
  const room = columns - measured(name).width - widthOf(hint) - 3;
  const points = [...line.text];
  const before = points.slice(0, line.caret);
  while (measured(before.join("")).width > room - 2) before.shift();
  const at = points[line.caret] ?? " ";
  const after = line.text ? points.slice(line.caret + 1).join("") : about;
  const left = room - measured(before.join("")).width - measured(at).width;
  return [
    { text: " " },
    { text: name, tone: "accent" },
    { text: ` ${before.join("")}` },
    { text: at, tone: "invert" },
    { text: fit(after, Math.max(0, left), { ellipsis }), ...(line.text ? {} : { tone: "dim" }) },
    ...hint,
  ];
}

/** The bottom line: what is being typed or asked, else what has just happened, else what can be done. */
export function footerLine(state: ConsoleState): StyledLine {
  const overlay = topOverlay(state);
  const { toast, size } = state;
  if (overlay?.kind === "prompt") return promptLine(state, overlay);
  if (overlay?.kind === "palette") return promptLine(state, { label: ":", about: "what to do", line: overlay.line });
  if (overlay?.kind === "confirm")
    return [{ text: ` ${overlay.question} `, tone: "warn" }, ...hintParts(state, hints(state), 30)];
  if (toast && (!overlay || overlay.kind === "sheet"))
    return [{ text: fit(` ${toast.text}`, size.columns, { ellipsis: glyphs(state).ellipsis }), tone: toast.tone }];
  const parts = hintParts(state, hints(state), size.columns);
  const screensToo: Part[] = [
    { text: `${screenKey(state, "overview")}-${screenKey(state, "silences")}`, tone: "strong" },
    { text: " screens", tone: "dim" },
  ];
  return overlay || widthOf(parts) + widthOf(screensToo) > size.columns ? parts : [...parts, ...screensToo];
}

const keyNames = (state: Pick<ConsoleState, "unicode" | "ownKeys">, binding: Binding): string =>
  keysOf(state, binding)
    .map((key) => keyLabel(key, state.unicode))
    .join(" ");

const screenKey = (state: Pick<ConsoleState, "unicode" | "ownKeys">, id: ScreenId): string =>
  keymap
    .filter((binding) => binding.id === `go.${id}`)
    .map((binding) => keyNames(state, binding))
    .join("");

/** The help, made from the keymap: how to read the screen, then one line a binding; or the lines that hold `filter`. */
export function helpText(state: Pick<ConsoleState, "unicode" | "ownKeys">, filter = ""): StyledLine[] {
  const { levels, failed, dot } = glyphs(state);
  const legend = [
    `SCREENS      ${screenIds
      .slice(0, 7)
      .map((id) => `${screenKey(state, id)} ${screens[id].title}`)
      .join(" ")}`,
    "STATE        DOWN past its grace, LATE within it, new: never seen",
    "!            C critical, W warning, I info",
    "STATE        held, snoozed: nobody is told for now; hidden: another alert explains it",
    `LINE         ${dot} up, ${timelineLegend}`,
    `INTERVALS    between heartbeats: ${levels[0]} short, ${levels[3]} on time, ${levels[7]} long, ${failed} failed`,
  ];
  const sections = [
    { title: "Reading", lines: legend.map((text): StyledLine => [{ text: `   ${text}` }]) },
    ...helpSections.map(({ title, bindings }) => ({
      title,
      lines: bindings.map((binding): StyledLine => [
        { text: `   ${fit(keyNames(state, binding), 12)}`, tone: "accent" },
        { text: ` ${binding.title}` },
      ]),
    })),
  ];
  const wanted = filter.trim().toLowerCase();
  const holds = (line: StyledLine): boolean =>
    line
      .map(({ text }) => text)
      .join("")
      .toLowerCase()
      .includes(wanted);
  return sections.flatMap(({ title, lines }, index) => {
    const found = wanted === "" ? lines : lines.filter(holds);
    const heading: StyledLine[] = [...(index === 0 ? [] : [[]]), [{ text: ` ${title}`, tone: "strong" }]];
    return found.length === 0 ? [] : [...heading, ...found];
  });
}
