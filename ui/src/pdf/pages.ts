import {
  AnnotationMode,
  getDocument,
  GlobalWorkerOptions,
  PDFDataRangeTransport,
  TextLayer,
  type PDFDocumentProxy,
  type PDFPageProxy,
  type RenderTask,
} from "pdfjs-dist/legacy/build/pdf.min.mjs";
import worker from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";
import type { OpenDocument } from "../contract/gen";
import { t } from "../messages";
import "./pages.css";

GlobalWorkerOptions.workerSrc = worker;

/** Largest picture that is decoded, in pixels: a scanned A3 page at 600 dpi. */
const MAX_IMAGE_PIXELS = 10_000 * 14_000;

/** Bytes asked for at a time. */
const RANGE = 65_536;

/** Space beside a page, as the style sheet has it. */
const MARGIN = 16;

/** A page is never drawn smaller than this by itself, however narrow the window. */
const MIN_FIT = 0.4;

type ReadRange = (start: number, end: number) => Promise<ArrayBuffer>;

/** The pages of a document, drawn when they come into view. */
export type Pages = {
  /** How many there are, once the document is open. */
  ready: Promise<number>;
  zoom(factor: number): void;
  close(): void;
};

/** The host hands out a limited piece at a time; PDF.js expects one answer with every byte it asked for. */
async function readWhole(read: ReadRange, start: number, end: number): Promise<Uint8Array> {
  const whole = new Uint8Array(end - start);
  for (let at = start; at < end; ) {
    // One after the other: the next piece begins where this one ends.
    // oxlint-disable-next-line no-await-in-loop
    const piece = new Uint8Array(await read(at, end));
    if (piece.length === 0) return whole.subarray(0, at - start);
    whole.set(piece, at - start);
    at += piece.length;
  }
  return whole;
}

/** Draws a document into a scrolling element. Imperative on purpose: React never touches what is inside. */
export function openPages(place: HTMLElement, document: OpenDocument, read: ReadRange): Pages {
  const transport = new PDFDataRangeTransport(document.size, null);
  transport.requestDataRange = (start: number, end: number) => {
    // A failed read ends the loading task.
    readWhole(read, start, end).then(
      (bytes) => transport.onDataRange(start, bytes),
      () => task.destroy(),
    );
  };
  const task = getDocument({
    range: transport,
    rangeChunkSize: RANGE,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    useSystemFonts: false,
    maxImageSize: MAX_IMAGE_PIXELS,
    cMapUrl: new URL("/pdfjs/cmaps/", location.href).href,
    cMapPacked: true,
    standardFontDataUrl: new URL("/pdfjs/standard_fonts/", location.href).href,
    iccUrl: new URL("/pdfjs/iccs/", location.href).href,
    wasmUrl: new URL("/pdfjs/wasm/", location.href).href,
  });

  /** 1 is the width of the window's half, as people read a page; never larger than on paper. */
  let fit = 1;
  let scale = 1;
  let views: PageView[] = [];
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) views.find((view) => view.element === entry.target)?.show(entry.isIntersecting);
    },
    // One screen ahead, so that reading on needs no waiting; not more, since canvases are large.
    { root: place, rootMargin: "100% 0px" },
  );

  const ready = task.promise.then(async (pdf: PDFDocumentProxy) => {
    const first = await pdf.getPage(1);
    const room = place.clientWidth - 2 * MARGIN;
    fit = Math.min(1, Math.max(MIN_FIT, room / first.getViewport({ scale: 96 / 72 }).width));
    views = Array.from({ length: pdf.numPages }, (_, index) => new PageView(pdf, index + 1, first));
    for (const view of views) {
      view.resize(scale * fit);
      place.append(view.element);
      watcher.observe(view.element);
    }
    return pdf.numPages;
  });

  return {
    ready,
    zoom(factor) {
      scale = factor;
      for (const view of views) view.resize(scale * fit);
    },
    close() {
      watcher.disconnect();
      void task.destroy();
      place.replaceChildren();
    },
  };
}

class PageView {
  readonly element = window.document.createElement("div");
  #pdf: PDFDocumentProxy;
  #number: number;
  #like: PDFPageProxy;
  #scale = 1;
  #visible = false;
  #task: RenderTask | null = null;
  #page: PDFPageProxy | null = null;

  constructor(pdf: PDFDocumentProxy, number: number, like: PDFPageProxy) {
    this.#pdf = pdf;
    this.#number = number;
    this.#like = like;
    this.element.className = "pdf-page";
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", t("ui-page", { number }));
  }

  /** Sets the size, by the first page until the page itself is known, and draws anew if it is in view. */
  resize(scale: number) {
    this.#scale = scale;
    this.#size(this.#page ?? this.#like);
    this.#clear();
    if (this.#visible) void this.#draw();
  }

  show(visible: boolean) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) void this.#draw();
    else {
      this.#clear();
      // Fonts and pictures of pages that nobody looks at would add up.
      this.#page?.cleanup();
    }
  }

  #size(page: PDFPageProxy) {
    const viewport = page.getViewport({ scale: this.#scale * (96 / 72) });
    this.element.style.width = `${Math.floor(viewport.width)}px`;
    this.element.style.height = `${Math.floor(viewport.height)}px`;
    return viewport;
  }

  #clear() {
    this.#task?.cancel();
    this.#task = null;
    this.element.replaceChildren();
  }

  async #draw() {
    try {
      this.#page ??= await this.#pdf.getPage(this.#number);
      if (this.#visible) await this.#drawPage(this.#page);
    } catch (thrown) {
      // Scrolling on cancels a drawing; anything else is said in the page's place, and the verdict stands outside anyway.
      if ((thrown as Error).name === "RenderingCancelledException") return;
      const notice = window.document.createElement("p");
      notice.textContent = t("ui-page-failed");
      this.element.replaceChildren(notice);
      this.element.dataset.failed = "true";
    }
  }

  async #drawPage(page: PDFPageProxy) {
    this.#clear();
    const viewport = this.#size(page);
    const ratio = window.devicePixelRatio || 1;
    const canvas = window.document.createElement("canvas");
    canvas.width = Math.floor(viewport.width * ratio);
    canvas.height = Math.floor(viewport.height * ratio);
    canvas.style.width = `${Math.floor(viewport.width)}px`;
    canvas.style.height = `${Math.floor(viewport.height)}px`;
    canvas.setAttribute("aria-hidden", "true");
    const text = window.document.createElement("div");
    text.className = "pdf-text";
    text.style.setProperty("--total-scale-factor", `${viewport.scale}`);
    text.style.setProperty("--text-scale-factor", `${viewport.scale}`);
    this.element.append(canvas, text);
    this.element.setAttribute("role", "group");
    this.#task = page.render({
      canvas,
      viewport,
      transform: ratio === 1 ? undefined : [ratio, 0, 0, ratio, 0, 0],
      annotationMode: AnnotationMode.ENABLE,
    });
    await this.#task.promise;
    await new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport }).render();
    this.element.dataset.drawn = "true";
  }
}
