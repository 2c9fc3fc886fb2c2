import { ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../components/Button";
import type { OpenDocument } from "../contract/gen";
import { t } from "../messages";
import { useHost } from "../platform";
import { openPages, type Pages } from "./pages";
import styles from "./PdfViewer.module.css";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

type State = { at: "opening" } | { at: "open"; pages: number } | { at: "failed" };

/** The document as its author drew it. Its picture is never evidence: the verdict stands outside and comes from Rust. */
export function PdfViewer({ document }: { document: OpenDocument }) {
  const host = useHost();
  const place = useRef<HTMLDivElement>(null);
  const island = useRef<Pages | null>(null);
  const [state, setState] = useState<State>({ at: "opening" });
  const [zoom, setZoom] = useState(2);

  useEffect(() => {
    if (!place.current) return;
    const pages = openPages(place.current, document, (start, end) =>
      host.call("read_range", { id: document.id, start, end }),
    );
    island.current = pages;
    let gone = false;
    pages.ready.then(
      (count) => !gone && setState({ at: "open", pages: count }),
      () => !gone && setState({ at: "failed" }),
    );
    return () => {
      gone = true;
      pages.close();
    };
  }, [host, document]);

  const change = (step: number) => {
    const next = Math.min(ZOOMS.length - 1, Math.max(0, zoom + step));
    setZoom(next);
    island.current?.zoom(ZOOMS[next] ?? 1);
  };

  return (
    <section className={styles.viewer} aria-label={t("ui-document-region")}>
      <div className={styles.bar}>
        <p className={styles.caption}>
          {t("ui-document-caption")}
          {state.at === "open" && ` · ${t("ui-pages", { count: state.pages })}`}
        </p>
        <Button onPress={() => change(-1)} isDisabled={zoom === 0} aria-label={t("ui-zoom-out")}>
          <ZoomOut size={16} strokeWidth={1.75} aria-hidden="true" />
        </Button>
        <Button onPress={() => change(1)} isDisabled={zoom === ZOOMS.length - 1} aria-label={t("ui-zoom-in")}>
          <ZoomIn size={16} strokeWidth={1.75} aria-hidden="true" />
        </Button>
      </div>
      {state.at === "opening" && <p role="status">{t("ui-opening")}</p>}
      {state.at === "failed" && <p role="status">{t("ui-cannot-draw")}</p>}
      {/* Scrolls, so the keyboard must be able to reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- WCAG 2.1.1: a scrolling region takes focus */}
      <div ref={place} className={styles.pages} tabIndex={0} role="group" aria-label={t("ui-document-region")} />
    </section>
  );
}
