// How long the window takes from its start to a usable screen. Started by tests/bench/run in a session of its own.
import { resolve } from "node:path";
import { startSession, until } from "../window/webdriver.mjs";

const APPLICATION = resolve(import.meta.dirname, "../../target/release/cartorio-digital");
const STARTS = 7;

const times = [];
for (let start = 0; start < STARTS; start += 1) {
  const session = await startSession(APPLICATION, [], 4700 + start);
  const usable = `return [...document.querySelectorAll("button")].some((one) => !one.disabled && one.innerText.includes("Abrir arquivo"))`;
  await until(() => session.run(usable), "a button that can be pressed");
  times.push(Math.round(performance.now() - session.startedAt));
  await session.end();
}
console.log(JSON.stringify(times));
