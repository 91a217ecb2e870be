import { helpHeight } from "../../state/overlay-layout.ts";
import type { FormSheet, Sheet as SheetOverlay } from "../../state/overlays.ts";
import { formLines, sheetLines } from "../../state/sheet-lines.ts";
import type { ConsoleState } from "../../state/state.ts";
import { Line } from "../components/Line.tsx";
import { Lines } from "../components/Lines.tsx";
import { Notice } from "../components/Notice.tsx";
import { paint, paintLine } from "../theme.ts";
import type { Theme } from "../theme.ts";

/** A form, or something to read, in the place of the screen. */
export function Sheet({ state, theme, sheet }: { state: ConsoleState; theme: Theme; sheet: FormSheet | SheetOverlay }) {
  const height = helpHeight(state);
  const isForm = sheet.kind === "form";
  const lines = isForm ? formLines(state, sheet.form, height) : sheetLines(state, sheet, height);
  const rest = isForm ? height : height - 1;
  return (
    <>
      <Line text={paint(theme, "accent", ` ${isForm ? sheet.form.spec.title : sheet.title}`)} />
      {isForm ? null : <Notice text={sheet.about} theme={theme} unicode={state.unicode} />}
      <Lines lines={lines.map((line) => paintLine(theme, line))} height={rest} />
    </>
  );
}
