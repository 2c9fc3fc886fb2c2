import { cleanup, render, screen } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ErrorNotice } from "../src/components/ErrorNotice";
import { VerdictPanel } from "../src/components/VerdictPanel";
import type { FileVerdict } from "../src/contract/gen";
import { examplePlan, exampleView } from "../src/features/catalogue/Catalogue";
import { SignPanel } from "../src/features/document/SignPanel";
import { Home } from "../src/features/home/Home";

afterEach(cleanup);

/** Colours need a layout, which jsdom has not: the tests of the tokens and of the real window judge them. */
async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

describe("the verdict panel", () => {
  it.each<FileVerdict>(["valid", "indeterminate", "invalid", "unsigned", "unreadable"])(
    "says %s once as a heading and is accessible",
    async (verdict) => {
      const view = exampleView(verdict);
      render(<VerdictPanel view={view} />);
      expect(screen.getByRole("heading", { level: 2 }).textContent).toBe(view.title);
      expect(await violations()).toEqual([]);
    },
  );

  it("interrupts a screen reader only for a refused signature", () => {
    render(<VerdictPanel view={exampleView("invalid")} />);
    expect(screen.getByRole("alert")).toBeTruthy();
    cleanup();
    render(<VerdictPanel view={exampleView("valid")} />);
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByRole("status")).toBeTruthy();
  });
});

describe("the confirmation", () => {
  it("names file, signer, key, environment and legal class, and hands over what was typed", async () => {
    const sign = vi.fn();
    render(<SignPanel plan={examplePlan} step={null} onSign={sign} onBack={() => {}} />);
    const text = document.body.textContent ?? "";
    for (const part of [examplePlan.file, examplePlan.signer, examplePlan.key, examplePlan.environment, examplePlan.legal_class]) {
      expect(text).toContain(part);
    }
    expect(await violations()).toEqual([]);
    screen.getByRole("button", { name: "Assinar agora" }).click();
    expect(sign).toHaveBeenCalledWith("", "", "");
  });

  it("offers to cancel and nothing else while it signs", () => {
    render(<SignPanel plan={examplePlan} step="checking" onSign={() => {}} onBack={() => {}} />);
    expect(screen.getByRole("button", { name: "Assinar agora" }).hasAttribute("disabled")).toBe(true);
    expect(screen.getByRole("button", { name: "Cancelar" }).hasAttribute("disabled")).toBe(false);
    expect(screen.getByRole("status").textContent).toContain("4 de 5");
  });
});

describe("an error", () => {
  it("shows title, cause, remedy and code", async () => {
    const failure = { code: "pdf.damaged", title: "Arquivo danificado", cause: "Causa.", remedy: "Remédio." };
    render(<ErrorNotice failure={failure} />);
    for (const part of Object.values(failure)) expect(document.body.textContent).toContain(part);
    expect(await violations()).toEqual([]);
  });
});

describe("the first screen", () => {
  it("is accessible", async () => {
    render(<Home onChoose={() => {}} onSample={() => {}} />);
    expect(await violations()).toEqual([]);
  });
});
