import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./styles/tokens.css";
import "./styles/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Catalogue } from "./features/catalogue/Catalogue";
import { HostProvider } from "./platform";
import { tauriHost } from "./platform/tauri";

const root = document.getElementById("root");
if (root) {
  // `#catalogo` shows every component in every state; it calls nothing.
  const page = location.hash === "#catalogo" ? <Catalogue /> : <App />;
  createRoot(root).render(<HostProvider value={tauriHost}>{page}</HostProvider>);
}
