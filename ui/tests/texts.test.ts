import { FluentBundle, FluentResource } from "@fluent/bundle";
import { describe, expect, it } from "vitest";
import { sources, texts } from "./sources";

const bundle = new FluentBundle("pt-BR");
const errors = bundle.addResource(new FluentResource(texts));

describe("texts", () => {
  it("parse without an error", () => {
    expect(errors).toEqual([]);
  });

  it("exist for every id the interface asks for", () => {
    const asked = sources(".ts", ".tsx").flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:t|failure)\(\s*"([^"]+)"/g)].map(([, id]) => ({ path, id: id ?? "" })),
    );
    expect(asked.length).toBeGreaterThan(30);
    const missing = asked.filter(({ id }) => {
      const [message = "", attribute] = id.split(".");
      const found = bundle.getMessage(message);
      return attribute ? !found?.attributes[attribute] : !found?.value;
    });
    expect(missing).toEqual([]);
  });

  it("are never written into a component", () => {
    const written = sources(".tsx").flatMap(({ path, text }) => {
      const withoutComments = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const inTags = [...withoutComments.matchAll(/>([^<>{}=;()]*\p{L}{2,}[^<>{}=;()]*)<\//gu)];
      const inAttributes = [...withoutComments.matchAll(/\b(?:aria-label|title|alt|placeholder|label)="([^"]+)"/g)];
      return [...inTags, ...inAttributes].map(([, words]) => `${path}: ${words?.trim()}`);
    });
    // The name of a hash function is the same in every language.
    expect(written.filter((found) => !found.endsWith(": SHA-256"))).toEqual([]);
  });
});
