import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** Every source file of the interface with one of these endings, and its text. */
export function sources(...endings: string[]): { path: string; text: string }[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readFileSync(join(root, "src", path), "utf8") }));
}

/** The catalogue of texts. */
export const texts = readFileSync(join(root, "../assets/texts/pt-BR.ftl"), "utf8");
