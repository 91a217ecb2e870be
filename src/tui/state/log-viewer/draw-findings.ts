import type { KeptFinding } from "../../../shared/api/logs.ts";
import { fit, measured } from "../cells.ts";
import { glyphs } from "../glyphs.ts";
import type { Part, StyledLine, Tone } from "../part.ts";
import { severityLetters, severityTones } from "../tables/alerts.ts";
import { timeOrDay } from "../time-of-day.ts";
import type { Room, Viewer } from "./viewer.ts";
import { sayCount } from "./words.ts";
import { wrapped } from "./wrap.ts";

interface Look {
  unicode: boolean;
  isFocused: boolean;
  now: number;
}

/** How many numbers of lines are told. */
const NUMBERS = 12;

/** A text in as many lines as it takes, each as wide as there is room, a little to the right. */
function paragraph(text: string, columns: number, tone?: Tone): StyledLine[] {
  const words = text.split(" ");
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && measured(`${last} ${word}`).width <= columns - 3)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(...wrapped(word, columns - 3).map(({ from, to }) => word.slice(from, to)));
  }
  return lines.map((line) => [{ text: fit(`   ${line}`, columns, { ellipsis: "" }), tone }]);
}

function cited({ evidence, count }: KeptFinding): string {
  if (evidence.length === 0) return "cites no line";
  const some = evidence.slice(0, NUMBERS).join(" ");
  const rest = evidence.length > NUMBERS ? ` and ${evidence.length - NUMBERS} more` : "";
  return `lines ${some}${rest}, of ${sayCount(count)}`;
}

function spanOf({ firstAt, lastAt }: KeptFinding, now: number): string[] {
  if (firstAt === undefined || lastAt === undefined) return [];
  const [from, to] = [timeOrDay(firstAt, now), timeOrDay(lastAt, now)];
  return [from === to ? `at ${from}` : `${from} to ${to}`];
}

/** A finding with why it fired, what the model has to say of it, and which lines bear it out. */
function drawChosen(finding: KeptFinding, columns: number, now: number): StyledLine[] {
  const { why, explanation, recommendation, origin, quote } = finding;
  const by = origin === "model" ? ["found by the model, held to its quote"] : ["found without a model"];
  return [
    ...paragraph(why, columns),
    ...(explanation === undefined ? [] : paragraph(explanation, columns, "strong")),
    ...(recommendation === undefined ? [] : paragraph(`Do: ${recommendation}`, columns, "accent")),
    ...(quote === undefined ? [] : paragraph(quote, columns, "underline")),
    ...paragraph([cited(finding), ...spanOf(finding, now), ...by].join("; "), columns, "dim"),
  ];
}

/** All findings, the chosen one at length; and where that one begins. */
export function drawFindings(viewer: Viewer, columns: number, look: Look): { lines: StyledLine[]; chosenAt: number } {
  const { marker, failed } = glyphs(look);
  const lines: StyledLine[] = [];
  let chosenAt = 0;
  for (const finding of viewer.found) {
    const isChosen = finding.id === viewer.finding;
    if (isChosen) chosenAt = lines.length;
    const count = ` ${failed}${sayCount(finding.count)}`;
    const head: Part[] = [
      { text: isChosen ? marker : " ", tone: "accent" },
      { text: severityLetters[finding.severity], tone: severityTones[finding.severity] },
      {
        text: ` ${fit(finding.title, Math.max(1, columns - 3 - count.length), { ellipsis: glyphs(look).ellipsis })}`,
        tone: isChosen ? (look.isFocused ? "invert" : "strong") : undefined,
      },
      { text: count, tone: "dim" },
    ];
    lines.push(head);
    if (isChosen) lines.push(...drawChosen(finding, columns, look.now));
  }
  return { lines, chosenAt };
}

/** The findings in view, from the chosen one's first line, or further down in it by `down` lines. */
export function findingsInView(viewer: Viewer, { columns, rows }: Room, down: number, look: Look): StyledLine[] {
  const { lines, chosenAt } = drawFindings(viewer, columns, look);
  const top = Math.max(0, Math.min(chosenAt + down, lines.length - rows));
  return Array.from({ length: rows }, (_, i) => lines[top + i] ?? [{ text: " ".repeat(columns) }]);
}
