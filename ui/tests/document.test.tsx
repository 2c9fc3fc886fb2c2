import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Commands, Failure, SigningStep } from "../src/contract/gen";
import { examplePlan, exampleView } from "../src/features/catalogue/Catalogue";
import { DocumentScreen } from "../src/features/document/DocumentScreen";
import { type Host, HostProvider } from "../src/platform";

// The pages are drawn by PDF.js, which needs a real engine: the window tests see to that.
vi.mock("../src/pdf/PdfViewer", () => ({ PdfViewer: () => null }));

afterEach(cleanup);

const opened = { id: "1", name: "certidao.pdf", size: 10 };
const signed = { id: "2", name: "certidao-assinado.pdf", size: 20 };
const failure: Failure = { code: "kms.throttled", title: "O KMS está ocupado", cause: "Limite.", remedy: "Aguarde." };

type Answers = { [Name in keyof Commands]?: (takes: Commands[Name]["takes"]) => Promise<Commands[Name]["answers"]> };

function hostOf(answers: Answers): Host & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    call: (name, takes) => {
      asked.push(name);
      const answer = answers[name];
      if (!answer) throw new Error(`unexpected ${name}`);
      return answer(takes as never) as never;
    },
    onDocument: () => () => {},
  };
}

async function show(host: Host, onSigned = () => {}) {
  await act(async () => {
    render(
      <HostProvider value={host}>
        <DocumentScreen document={opened} onClose={() => {}} onSigning={() => {}} onSignIn={() => {}} onSigned={onSigned} />
      </HostProvider>,
    );
  });
}

const press = (name: string) => act(async () => screen.getByRole("button", { name }).click());

describe("a document", () => {
  it("is verified when it is opened, signed after one confirmation, and the result is shown", async () => {
    let step: (step: SigningStep) => void = () => {};
    let finish: () => void = () => {};
    const host = hostOf({
      verify_document: async () => exampleView("unsigned"),
      plan_signing: async () => examplePlan,
      sign_document: ({ progress }) => {
        step = progress;
        return new Promise((resolve) => {
          finish = () => resolve({ document: signed, view: exampleView("valid"), request_id: null });
        });
      },
    });
    const onSigned = vi.fn();
    await show(host, onSigned);
    await press("Assinar…");
    await press("Assinar agora");
    act(() => step("signing"));
    expect(document.body.textContent).toContain("2 de 5");
    await act(async () => finish());
    expect(onSigned).toHaveBeenCalledWith(expect.objectContaining({ document: signed }));
    expect(host.asked).toEqual(["verify_document", "plan_signing", "sign_document"]);
  });

  it("keeps its verdict and says cause and remedy when signing fails", async () => {
    const host = hostOf({
      verify_document: async () => exampleView("unsigned"),
      plan_signing: async () => examplePlan,
      sign_document: () => Promise.reject(failure),
    });
    await show(host);
    await press("Assinar…");
    await press("Assinar agora");
    expect(screen.getByRole("alert").textContent).toContain(failure.remedy);
    expect(screen.getByRole("button", { name: "Assinar…" })).toBeTruthy();
  });

  it("goes back without an error when the person cancels, and cannot be left meanwhile", async () => {
    let cancel: () => void = () => {};
    const host = hostOf({
      verify_document: async () => exampleView("unsigned"),
      plan_signing: async () => examplePlan,
      sign_document: () =>
        new Promise((_, reject) => {
          cancel = () => reject({ code: "sign.cancelled", title: "", cause: "", remedy: "" });
        }),
      cancel_signing: async () => {
        cancel();
        return null;
      },
    });
    await show(host);
    await press("Assinar…");
    expect(document.activeElement?.textContent).toBe("Confirmar a assinatura");
    await press("Assinar agora");
    expect(screen.getByRole("button", { name: "Início: fechar este documento" }).hasAttribute("disabled")).toBe(true);
    await press("Cancelar");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByRole("button", { name: "Assinar…" })).toBeTruthy();
  });

  it("that cannot be read shows the failure and offers no signing", async () => {
    await show(hostOf({ verify_document: () => Promise.reject(failure) }));
    expect(document.body.textContent).toContain(failure.title);
    expect(screen.queryByRole("button", { name: "Assinar…" })).toBeNull();
  });

  it("tells an unknown fault from a failure of the contract", async () => {
    await show(hostOf({ verify_document: () => Promise.reject(new TypeError("x")) }));
    expect(document.body.textContent).toContain("Algo inesperado aconteceu no programa");
  });
});
