import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Commands, DeskState, Failure, SignInMessage } from "../src/contract/gen";
import { exampleDesk } from "../src/features/catalogue/Catalogue";
import { OfficeScreen } from "../src/features/office/OfficeScreen";
import { type Host, HostProvider } from "../src/platform";

afterEach(cleanup);

const failure: Failure = { code: "session.none", title: "Ninguém entrou", cause: "Falta entrar.", remedy: "Entre." };
const session = {
  environment: "DESENVOLVIMENTO",
  person: "maria.exemplo",
  account: "123456789012",
  role: "Assinatura",
  until: "até 18:00",
  notice: null,
};

type Answers = { [Name in keyof Commands]?: (takes: Commands[Name]["takes"]) => Promise<Commands[Name]["answers"]> };

async function show(desk: DeskState, answers: Answers, onDesk: (desk: DeskState) => void = () => {}) {
  const known: Answers = {
    environments: async () => ["demo", "dev", "prod"].map((name) => exampleDesk(name).environment),
    cancel_sign_in: async () => null,
    ...answers,
  };
  const host: Host = {
    call: (name, takes) => {
      const answer = known[name];
      if (!answer) throw new Error(`unexpected ${name}`);
      return answer(takes as never) as never;
    },
    onDocument: () => () => {},
  };
  await act(async () => {
    render(
      <HostProvider value={host}>
        <OfficeScreen desk={desk} onDesk={onDesk} onBack={() => {}} />
      </HostProvider>,
    );
  });
}

const press = (name: string) => act(async () => screen.getByRole("button", { name }).click());

describe("environment and account", () => {
  it("shows where the person has to go to sign in, and then who came of it", async () => {
    let tell: (message: SignInMessage) => void = () => {};
    let finish: () => void = () => {};
    const desk = exampleDesk("dev");
    const onDesk = vi.fn();
    await show(
      desk,
      {
        sign_in: ({ progress }) => {
          tell = progress;
          return new Promise((resolve) => {
            finish = () => resolve({ ...desk, session });
          });
        },
      },
      onDesk,
    );
    await press("Usar código em outro dispositivo");
    act(() => tell({ url: "https://exemplo.invalid/device", code: "ABCD-1234", minutes: "10" }));
    expect(document.body.textContent).toContain("ABCD-1234");
    await act(async () => finish());
    expect(onDesk).toHaveBeenCalledWith({ ...desk, session });
    expect(document.body.textContent).not.toContain("ABCD-1234");
  });

  it("cancels a sign-in that nobody waits for any more", async () => {
    const cancel = vi.fn(async () => null);
    await show(exampleDesk("dev"), { sign_in: () => new Promise(() => {}), cancel_sign_in: cancel });
    await press("Abrir o navegador");
    act(cleanup);
    expect(cancel).toHaveBeenCalled();
  });

  it("says why keys cannot be listed, and stays usable", async () => {
    await show(exampleDesk("dev"), { list_keys: () => Promise.reject(failure) });
    await press("Mostrar chaves");
    expect(screen.getByRole("alert").textContent).toContain("Falta entrar.");
    await press("Fechar este aviso");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("puts a certificate in use only after it was checked and shown", async () => {
    const desk = exampleDesk("dev");
    const view = { subject: "Maria de Exemplo", details: [], renewal: null };
    const onDesk = vi.fn();
    await show(
      desk,
      { choose_certificate: async () => view, install_certificate: async () => ({ ...desk, certificate: view }) },
      onDesk,
    );
    expect(screen.queryByRole("button", { name: "Pôr em uso" })).toBeNull();
    await press("Escolher arquivo…");
    await press("Pôr em uso");
    expect(onDesk).toHaveBeenCalledWith({ ...desk, certificate: view });
  });

  it("makes a key only after its request was shown and its word typed", async () => {
    const orders: unknown[] = [];
    const carryOut = vi.fn(async () => ["Chave criada: alias/nova"]);
    await show(exampleDesk("dev"), {
      plan_key: async ({ order }) => {
        orders.push(order);
        return { sentences: ["Preço: 1 US$ por mês"], request: '{ "KeySpec": "ECC_NIST_P256" }', word: "alias/nova" };
      },
      carry_out_key_plan: carryOut,
    });
    const type = (label: string, value: string) =>
      act(async () => {
        fireEvent.change(screen.getByLabelText(label), { target: { value } });
      });
    await type("Apelido da chave nova", "nova");
    await type("Tipo da chave", "p-256");
    await press("Mostrar o pedido");
    expect(orders).toEqual([
      { work: "create", alias: "nova", kind: "p-256", for_authority: false, multi_region: false },
    ]);
    expect(screen.getByDisplayValue(/ECC_NIST_P256/)).toBeTruthy();
    const done = () => screen.getByRole("button", { name: "Executar" });
    expect(done().hasAttribute("disabled")).toBe(true);
    await type("Para confirmar, digite alias/nova", "alias/nova");
    // Another order is another request: what was confirmed before counts no more.
    await type("Tipo da chave", "rsa-2048");
    expect(screen.queryByRole("button", { name: "Executar" })).toBeNull();
    await press("Mostrar o pedido");
    await type("Para confirmar, digite alias/nova", "alias/nova");
    await press("Executar");
    expect(carryOut).toHaveBeenCalledWith({ word: "alias/nova" });
    expect(document.body.textContent).toContain("Chave criada: alias/nova");
    const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(found.violations.map((violation) => violation.id)).toEqual([]);
  });

  it("shows everything about a key, and its policy", async () => {
    const key = { name: "alias/assinatura", kind: "RSA_2048 · SIGN_VERIFY · Enabled", price: "1 US$" };
    const shown = vi.fn(async () => ({ name: "arn:aws:kms", details: [{ name: "Algoritmos", value: "PSS" }], policy: "{ }" }));
    await show(exampleDesk("dev"), { list_keys: async () => [key], show_key: shown });
    await press("Mostrar chaves");
    await press("Ver alias/assinatura");
    expect(shown).toHaveBeenCalledWith({ key: "alias/assinatura" });
    expect(screen.getByLabelText("Política da chave")).toBeTruthy();
    await press("Fechar os dados da chave");
    expect(screen.queryByLabelText("Política da chave")).toBeNull();
  });

  it("offers neither keys nor certificates in the demonstration, and is accessible", async () => {
    await show(exampleDesk("demo"), {});
    expect(screen.queryByRole("button", { name: "Mostrar chaves" })).toBeNull();
    const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(found.violations.map((violation) => violation.id)).toEqual([]);
  });
});
