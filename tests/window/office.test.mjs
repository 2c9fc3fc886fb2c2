// From nothing to a signed certidão in the real window: sign-in with the system's browser, the real keyring, a key in
// ministack, its certificate asked for and put in use, one signature. Started by tests/window/run.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { startSession, until } from "./webdriver.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const APPLICATION = process.env.CARTORIO_WINDOW ?? join(ROOT, "target/debug/cartorio-digital");
const PICTURES = process.env.CARTORIO_PICTURES;
const AXE = readFileSync(join(ROOT, "ui/node_modules/axe-core/axe.min.js"), "utf8");
const CERTIFICATE = /-----BEGIN CERTIFICATE REQUEST-----[\s\S]+-----END CERTIFICATE REQUEST-----/;

async function startDoubles(...more) {
  const child = spawn(join(ROOT, "target/debug/doubles"), ["--kms", ...more], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  return { ...(await next()), ask: (word) => (child.stdin.write(`${word}\n`), next()), end: () => child.stdin.end() };
}

/** A computer of the office: the environment's file, and a browser that notes what it was asked to open. */
function computer({ identity_center: center, kms }) {
  const folder = mkdtempSync(join(tmpdir(), "serventia-"));
  const environments = join(folder, "home/ambientes");
  mkdirSync(environments, { recursive: true });
  writeFileSync(
    join(environments, "dev.toml"),
    `version = 1
name = "dev"
office = "1º Ofício de Exemplo"
account = "123456789012"
key = "alias/assinatura"
credentials = "identity-center"
trust = ["${kms.folder}/ca.pem"]
revocation = "ignore"
[identity_center]
start_url = "https://exemplo.awsapps.com/start"
role = "Assinatura"
[endpoints]
aws = "${kms.endpoint}"
oidc = "${center}"
portal = "${center}"
`,
  );
  mkdirSync(join(folder, "programs"));
  writeFileSync(join(folder, "programs/xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${folder}/new && mv ${folder}/new ${folder}/opened\n`);
  chmodSync(join(folder, "programs/xdg-open"), 0o755);
  copyFileSync(join(ROOT, "assets/samples/certidao-imovel.pdf"), join(folder, "certidao.pdf"));
  return folder;
}

/** The authority of the tests answers a request, and its own certificate follows. */
function certify(request, { folder }, place) {
  writeFileSync(join(place, "pedido.csr"), request);
  execFileSync("openssl", ["x509", "-req", "-in", "pedido.csr", "-CA", join(folder, "ca.pem"), "-CAkey", join(folder, "ca.key"),
    "-copy_extensions", "copyall", "-days", "20", "-out", "maria.pem"], { cwd: place, stdio: "pipe" });
  return readFileSync(join(place, "maria.pem"), "utf8") + readFileSync(join(folder, "ca.pem"), "utf8");
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((file) => statSync(file).isFile());
}

async function look(session, name) {
  await until(() => session.run(`return document.getAnimations().every((one) => one.playState === "finished")`), "animations");
  await session.run(AXE);
  const violations = await session.runAsync(
    `const done = arguments[arguments.length - 1];
     axe.run(document, { resultTypes: ["violations"] }).then((result) =>
       done(result.violations.map((violation) => violation.id + ": " + violation.nodes.map((node) => node.html).join(" | "))));`,
  );
  assert.deepEqual(violations, [], name);
  if (PICTURES) {
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(join(PICTURES, `${name}.png`), await session.screenshot());
  }
}

/** A key is asked for, its request shown, its word typed. */
async function planKey(session, alias) {
  await session.type("Apelido da chave nova", alias);
  await session.press("Mostrar o pedido");
  await session.waitForText(`Depois, CreateAlias: alias/${alias}`);
  await session.type(`Para confirmar, digite alias/${alias}`, `alias/${alias}`);
}

test("from nothing to a signed certidão: sign in, certificate, signature", async () => {
  const doubles = await startDoubles();
  const folder = computer(doubles);
  Object.assign(process.env, {
    CARTORIO_HOME: join(folder, "home"),
    CARTORIO_ENV: "dev",
    PATH: `${join(folder, "programs")}:${process.env.PATH}`,
  });
  const session = await startSession(APPLICATION, [join(folder, "certidao.pdf")], 4600);
  try {
    await session.waitForText("DESENVOLVIMENTO");
    await session.waitForText("Sem assinatura digital");
    await session.press("Assinar…");
    await session.waitForText("Falta o certificado");
    await session.press("Ninguém entrou");
    await session.waitForText("Entrar na AWS");
    await look(session, "7-ambiente");
    await session.press("Abrir o navegador");
    await until(() => existsSync(join(folder, "opened")), "the browser");
    // The person, who says yes.
    const page = await fetch(readFileSync(join(folder, "opened"), "utf8"));
    assert.equal(page.status, 200);
    await session.waitForText("Você entrou como maria.exemplo");
    await session.press("Mostrar chaves");
    await session.waitForText("alias/assinatura");
    await session.press("Ver alias/assinatura");
    await session.waitForText("não se renova sozinha");
    await look(session, "8-chave");
    await session.press("Fechar os dados da chave");
    await planKey(session, "assinatura-2");
    await look(session, "8-chave-nova");
    await session.press("Executar");
    await session.waitForText("Você não tem permissão");
    await session.press("Fechar este aviso");
    await session.type("Nome de quem assina", "Maria de Exemplo");
    await session.type("Serventia", "1º Ofício, de Exemplo");
    await session.press("Fazer o pedido");
    await session.waitForText("O pedido está em");
    const request = await session.run(`return [...document.querySelectorAll("textarea")].map((one) => one.value).join("\\n")`);
    const chain = certify(CERTIFICATE.exec(request)[0], doubles.kms, folder);
    await session.type("Cole aqui", chain);
    await session.press("Conferir e testar");
    await session.waitForText("foi assinada e conferida");
    await look(session, "8-certificado");
    await session.press("Pôr em uso");
    await session.waitForText("Em uso: Maria de Exemplo");
    await session.waitForText("Comece a renovação");
    await session.press("Voltar");
    await session.press("Assinar…");
    await session.waitForText("Confirmar a assinatura");
    assert.match(await session.text(), /sem validade jurídica/i);
    await session.press("Assinar agora");
    await session.waitForText("certidao-assinado.pdf");
    await session.waitForText("Aprovado");
    await look(session, "9-assinado-no-kms");
    const judged = execFileSync("pdfsig", [join(folder, "certidao-assinado.pdf")], { encoding: "utf8" });
    assert.match(judged, /Signature is Valid/);
    await session.press("maria.exemplo");
    await session.press("Sair da AWS");
    await session.waitForText("Você saiu.");
    const secrets = await doubles.ask("secrets");
    for (const secret of secrets.filter((word) => !/^(client|code)-/.test(word))) {
      for (const file of filesOf(folder)) {
        assert.ok(!readFileSync(file).includes(secret.slice(0, 24)), `a secret in ${file}`);
      }
    }
  } finally {
    await session.end();
    doubles.end();
  }
});

test("who manages keys makes one in the window, and sees it among the others", async () => {
  const doubles = await startDoubles("--administrator");
  const folder = computer(doubles);
  Object.assign(process.env, {
    CARTORIO_HOME: join(folder, "home"),
    CARTORIO_ENV: "dev",
    PATH: `${join(folder, "programs")}:${process.env.PATH}`,
  });
  const session = await startSession(APPLICATION, [], 4610);
  try {
    await session.press("Ninguém entrou");
    await session.press("Abrir o navegador");
    await until(() => existsSync(join(folder, "opened")), "the browser");
    assert.equal((await fetch(readFileSync(join(folder, "opened"), "utf8"))).status, 200);
    await session.waitForText("Você entrou como");
    await session.press("Mostrar chaves");
    await session.waitForText("alias/assinatura");
    await planKey(session, "assinatura-2");
    await session.press("Executar");
    await session.waitForText("Chave criada: alias/assinatura-2");
    await session.press("Ver alias/assinatura-2");
    await session.waitForText("RSASSA_PKCS1_V1_5_SHA_256");
    await look(session, "8-chave-criada");
  } finally {
    await session.end();
    doubles.end();
  }
});
