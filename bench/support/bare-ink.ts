/**
 * The least that could look like the console: Ink as it comes, a table as large as the screen whose ages go on, and a
 * cursor that `j` and `k` move. It knows no daemon.
 */
import { Box, render, Text, useInput } from "ink";
import { createElement, useEffect, useState } from "react";
import { SECOND } from "../../src/shared/time.ts";

const TICK_MS = 250;
const { columns, rows } = process.stdout;
const count = rows - 1;
const started = performance.now();

function Table() {
  const [cursor, setCursor] = useState(0);
  const [age, setAge] = useState(0);
  useInput((input) => setCursor((at) => (at + (input === "j" ? 1 : -1) + count) % count));
  useEffect(() => {
    const timer = setInterval(() => setAge(Math.floor((performance.now() - started) / SECOND)), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const row = (nth: number) => {
    const text = `${nth === cursor ? "▸" : " "} host-${nth}`.padEnd(columns - 8) + `${age + nth}s`.padStart(7);
    return createElement(Text, { key: nth, wrap: "truncate", inverse: nth === cursor }, text);
  };
  return createElement(
    Box,
    { flexDirection: "column" },
    Array.from({ length: count }, (_, nth) => row(nth)),
  );
}

render(createElement(Table));
