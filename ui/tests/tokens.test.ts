import { describe, expect, it } from "vitest";
import { sources } from "./sources";

const css = sources("tokens.css")[0]?.text ?? "";
const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");

function colours(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]));
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** WCAG 2.2, 1.4.3: text of ordinary size. */
const TEXT = 4.5;

const PAIRS: [text: string, ground: string][] = [
  ...["ink", "ink-2", "brand", "ok", "unsure", "bad", "neutral"].flatMap((text): [string, string][] => [
    [text, "paper"],
    [text, "panel"],
  ]),
  ["on-brand", "brand"],
  ["on-env", "env-demo"],
  ["on-env", "env-demo-2"],
  ["ink", "page-ground"],
  ["ink-2", "page-ground"],
];

describe.each([
  ["light", colours(light)],
  ["dark", { ...colours(light), ...colours(dark) }],
])("%s theme", (_, theme) => {
  it.each(PAIRS)("%s on %s can be read", (text, ground) => {
    expect(contrast(theme[text] ?? "", theme[ground] ?? "")).toBeGreaterThanOrEqual(TEXT);
  });
});

describe("style sheets", () => {
  it("take every colour from the tokens", () => {
    const own = sources(".css")
      .filter(({ path }) => !path.endsWith("tokens.css"))
      .flatMap(({ path, text }) => [...text.matchAll(/#[0-9a-f]{3,8}\b|\brgba?\(/gi)].map(([found]) => `${path}: ${found}`));
    expect(own).toEqual([]);
  });
});
