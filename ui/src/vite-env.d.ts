/// <reference types="vite/client" />

// The minified build has the types of the plain one.
declare module "pdfjs-dist/legacy/build/pdf.min.mjs" {
  export * from "pdfjs-dist";
}
