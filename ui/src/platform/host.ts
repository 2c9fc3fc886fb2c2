import { t } from "../messages";
import type { Commands, Failure, OpenDocument } from "../contract/gen";

/** What the interface asks of whatever carries it: the desktop program, or a test. */
export type Host = {
  call<Name extends keyof Commands>(name: Name, takes: Commands[Name]["takes"]): Promise<Commands[Name]["answers"]>;
  /** A document was dropped on the window. Answers how to stop listening. */
  onDocument(opened: (document: OpenDocument) => void, refused: (failure: Failure) => void): () => void;
};

/** What was thrown, as a failure of the contract; anything else is our own fault, and is said as such. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "remedy" in thrown) return thrown as Failure;
  return failure("program-internal");
}

/** A failure that the page itself notices, in the words of the catalogue. */
export function failure(id: string): Failure {
  return { code: id.replace("-", "."), title: t(id), cause: t(`${id}.cause`), remedy: t(`${id}.remedy`) };
}
