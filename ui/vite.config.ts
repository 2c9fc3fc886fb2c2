import { cpSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** What PDF.js reads while it draws: character maps, the standard fonts, colour profiles, image decoders. */
const PDFJS_ASSETS = ["cmaps", "standard_fonts", "iccs", "wasm"];

/** Puts those files beside the page: nothing is ever fetched from a network. */
function pdfjsAssets(): Plugin {
  const source = resolve(import.meta.dirname, "node_modules/pdfjs-dist");
  return {
    name: "pdfjs-assets",
    apply: "build",
    writeBundle(options) {
      for (const folder of PDFJS_ASSETS) {
        cpSync(resolve(source, folder), resolve(options.dir ?? "dist", "pdfjs", folder), { recursive: true });
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), pdfjsAssets()],
  // The oldest engine of the three is WebKitGTK 2.46.
  build: { target: "safari18", sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  server: { port: 5173, strictPort: true, fs: { allow: [".."] } },
  clearScreen: false,
  test: { environment: "jsdom", include: ["tests/**/*.test.{ts,tsx}"] },
});
