// The real window, driven as a clerk would: open, read, sign, see "Aprovado". Started by tests/window/run.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { startSession, until } from "./webdriver.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const APPLICATION = process.env.CARTORIO_WINDOW ?? join(ROOT, "target/debug/cartorio-digital");
const SAMPLES = join(ROOT, "assets/samples");
const PICTURES = process.env.CARTORIO_PICTURES;
const AXE = readFileSync(join(ROOT, "ui/node_modules/axe-core/axe.min.js"), "utf8");
const TAB = "\uE004";
const ENTER = "\uE007";
let port = 4500;

function folderWith(...samples) {
  const folder = mkdtempSync(join(tmpdir(), "janela-"));
  for (const sample of samples) copyFileSync(join(SAMPLES, sample), join(folder, sample));
  return folder;
}

async function withWindow(args, work) {
  const session = await startSession(APPLICATION, args, port++);
  try {
    await work(session);
  } finally {
    await session.end();
  }
}

async function picture(session, name) {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  writeFileSync(join(PICTURES, `${name}.png`), await session.screenshot());
}

async function assertAccessible(session, where, rules = {}) {
  // A fade in progress is no contrast fault.
  await until(() => session.run(`return document.getAnimations().every((one) => one.playState === "finished")`), "animations");
  await session.run(AXE);
  const violations = await session.runAsync(
    `const done = arguments[arguments.length - 1];
     axe.run(document, { resultTypes: ["violations"], rules: arguments[0] }).then((result) =>
       done(result.violations.map((violation) => violation.id + ": " + violation.nodes.map((node) => node.html).join(" | "))));`,
    rules,
  );
  assert.deepEqual(violations, [], where);
}

describe("the window", () => {
  test("opens a certidão, signs it, and shows the result approved", async () => {
    const folder = folderWith("certidao-imovel.pdf");
    const original = readFileSync(join(folder, "certidao-imovel.pdf"));
    await withWindow([join(folder, "certidao-imovel.pdf")], async (session) => {
      await session.waitForText("Sem assinatura digital");
      await until(() => session.run(`return document.querySelector('[data-drawn="true"]') !== null`), "the first page");
      // The letters follow the picture of the page.
      const letters = () => session.run(`return document.querySelector(".pdf-text").textContent`);
      await until(async () => /CERTIDÃO DE INTEIRO TEOR/.test(await letters()), "the page's text");
      await assertAccessible(session, "unsigned document");
      await picture(session, "1-sem-assinatura");
      await session.press("Assinar…");
      await session.waitForText("Confirmar a assinatura");
      assert.match(await session.text(), /Você vai assinar certidao-imovel\.pdf como .*SEM VALIDADE JURÍDICA/);
      await assertAccessible(session, "confirmation");
      await picture(session, "2-confirmar");
      await session.press("Assinar agora");
      await session.waitForText("certidao-imovel-assinado.pdf");
      await session.waitForText("Aprovado");
      assert.match(await session.text(), /1 assinatura: 1 aprovada/);
      await until(() => session.run(`return document.querySelector('[data-drawn="true"]') !== null`), "the signed page");
      await assertAccessible(session, "approved document");
      await picture(session, "3-aprovado");
    });
    assert.deepEqual(readFileSync(join(folder, "certidao-imovel.pdf")), original);
    const judged = execFileSync("pdfsig", [join(folder, "certidao-imovel-assinado.pdf")], { encoding: "utf8" });
    assert.match(judged, /Signature is Valid/);
    assert.match(judged, /Total document signed/);
  });

  test("does the same by keyboard alone, twice, without breaking the first signature", async () => {
    const folder = folderWith("procuracao-hibrida.pdf");
    await withWindow([join(folder, "procuracao-hibrida.pdf")], async (session) => {
      await session.waitForText("Sem assinatura digital");
      for (const [name, word] of [["Assinar…", "Confirmar a assinatura"], ["Assinar agora", "1 assinatura: 1 aprovada"],
        ["Assinar…", "Confirmar a assinatura"], ["Assinar agora", "2 assinaturas: 2 aprovadas"]]) {
        await until(async () => {
          await session.keys(TAB);
          return session.run(`return document.activeElement.innerText?.trim() === arguments[0]`, name);
        }, `focus on “${name}”`);
        await session.keys(ENTER);
        await session.waitForText(word);
      }
    });
    assert.deepEqual(readdirSync(folder).sort(), [
      "procuracao-hibrida-assinado-2.pdf", "procuracao-hibrida-assinado.pdf", "procuracao-hibrida.pdf"]);
  });

  test("says that an altered document is refused", async () => {
    const folder = folderWith("certidao-imovel.pdf");
    const cli = join(ROOT, "target/debug/cartorio");
    execFileSync(cli, ["sign", join(folder, "certidao-imovel.pdf")]);
    const signed = join(folder, "certidao-imovel-assinado.pdf");
    const bytes = readFileSync(signed);
    bytes[bytes.indexOf("endstream") - 20] ^= 1;
    writeFileSync(signed, bytes);
    await withWindow([signed], async (session) => {
      await session.waitForText("Reprovado: documento alterado");
      await assertAccessible(session, "refused document");
      await picture(session, "4-reprovado");
    });
  });

  test("explains a file that is no PDF and stays usable", async () => {
    const folder = mkdtempSync(join(tmpdir(), "janela-"));
    writeFileSync(join(folder, "foto.pdf"), "isto não é um PDF");
    await withWindow([join(folder, "foto.pdf")], async (session) => {
      await session.waitForText("Não é um PDF");
      await assertAccessible(session, "unreadable document");
      await session.press("Início");
      await session.waitForText("Solte um PDF aqui");
    });
  });

  test("starts on an empty desk, opens the sample, and shows every component without a violation", async () => {
    await withWindow([], async (session) => {
      await session.waitForText("Solte um PDF aqui");
      await assertAccessible(session, "home");
      await picture(session, "5-inicio");
      await session.press("Experimentar");
      await session.waitForText("certidao-nascimento.pdf");
      await session.waitForText("Sem assinatura digital");
      await until(() => session.run(`return document.querySelector('[data-drawn="true"]') !== null`), "the first page");
      const ink = await session.run(
        `const canvas = document.querySelector(".pdf-page canvas");
         const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
         return data.filter((value, index) => index % 4 === 0 && value < 128).length`,
      );
      assert.ok(ink > 1000, `the first page has ${ink} dark points`);
      await session.run(`location.hash = "catalogo"; location.reload()`);
      await session.waitForText("Reprovado: documento alterado");
      // The same panel twice, in two states, is what a catalogue is for.
      await assertAccessible(session, "catalogue", { "landmark-unique": { enabled: false } });
      await picture(session, "6-catalogo");
    });
  });
});
