import { cleanText } from "../shared/text.ts";
import type { Multiplexer } from "./bootstrap.ts";
import type { NoticeForm } from "./settings.ts";

const escape = "\u001b";
const bell = "\u0007";
const string = `${escape}\\`;

/** So many bytes of a sequence GNU screen passes on at a time. */
const screenBytes = 76;

/** What the multiplexer is to hand on to the terminal instead of reading it itself (tmux: with `allow-passthrough on`). */
export function passThrough(sequence: string, multiplexer: Multiplexer | undefined): string {
  if (multiplexer === "tmux") return `${escape}Ptmux;${sequence.replaceAll(escape, escape + escape)}${string}`;
  if (multiplexer !== "screen") return sequence;
  const pieces = sequence.match(new RegExp(`[^]{1,${screenBytes}}`, "g")) ?? [];
  return pieces.map((piece) => `${escape}P${piece}${string}`).join("");
}

// xterm's control sequences: OSC 2 sets the title, XTWINOPS 22 and 23 with 2 keep it on a stack and take it back.
export const keepTitle = `${escape}[22;2t`;
export const giveTitleBack = `${escape}[23;2t`;
export const setTitle = (text: string): string => `${escape}]2;${cleanText(text).slice(0, 80)}${bell}`;

/** A notice for the desktop. OSC 9 is iTerm2's, OSC 777 rxvt's; most that take either are somebody else's. */
export function notice(text: string, form: NoticeForm): string {
  const clean = cleanText(text).slice(0, 200);
  return form === "osc9" ? `${escape}]9;${clean}${bell}` : `${escape}]777;notify;Sentinel;${clean}${bell}`;
}

export const ring = bell;
