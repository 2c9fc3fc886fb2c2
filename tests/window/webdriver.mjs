// A WebDriver client of the few calls these tests need. WebKitWebDriver starts the program itself.
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Starts the driver and a session on the program; `args` are the program's own. */
export async function startSession(application, args, port) {
  const driver = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
    stdio: "ignore",
    env: { ...process.env, TAURI_WEBVIEW_AUTOMATION: "true" },
  });
  const base = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${base}/status`).then((answer) => answer.ok, () => false), "the driver");
  const call = async (method, path, body) => {
    const answer = await fetch(base + path, { method, body: body ? JSON.stringify(body) : undefined });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  const startedAt = performance.now();
  const { sessionId } = await call("POST", "/session", {
    capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary: application, args } } },
  });
  return new Session(call, `/session/${sessionId}`, driver, startedAt);
}

/** Waits until something is true; the deadline is for slow machines, not a measure. */
export async function until(check, what, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(50);
  }
}

class Session {
  /** `startedAt`: when the program was started, on the clock of `performance.now()`. */
  constructor(call, path, driver, startedAt) {
    this.startedAt = startedAt;
    this.call = (method, rest, body) => call(method, path + rest, body);
    this.driver = driver;
  }

  run(script, ...args) {
    return this.call("POST", "/execute/sync", { script, args });
  }

  runAsync(script, ...args) {
    return this.call("POST", "/execute/async", { script, args });
  }

  text() {
    return this.run("return document.body.innerText");
  }

  waitForText(text) {
    return until(async () => (await this.text()).includes(text), `“${text}”`);
  }

  /** Presses the button whose visible or accessible name begins so. */
  async press(name) {
    const element = await until(
      () =>
        this.run(
          `return [...document.querySelectorAll("button")].find((button) => !button.disabled &&
             (button.innerText.trim() || button.getAttribute("aria-label") || "").startsWith(arguments[0])) ?? null`,
          name,
        ),
      `button “${name}”`,
    );
    await this.call("POST", `/element/${element[ELEMENT]}/click`, {});
  }

  /** Writes into the field with that label. */
  async type(label, text) {
    const element = await until(
      () =>
        this.run(
          `const label = [...document.querySelectorAll("label")].find((one) => one.innerText.trim().startsWith(arguments[0]));
           return label ? document.getElementById(label.htmlFor) : null`,
          label,
        ),
      `field “${label}”`,
    );
    await this.call("POST", `/element/${element[ELEMENT]}/value`, { text });
  }

  /** Types keys into whatever has the focus. */
  async keys(...keys) {
    const actions = keys.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    await this.call("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async screenshot() {
    return Buffer.from(await this.call("GET", "/screenshot"), "base64");
  }

  async end() {
    await this.call("DELETE", "").catch(() => {});
    this.driver.kill();
  }
}
