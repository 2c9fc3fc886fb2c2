import type { Commands, Failure, OpenDocument } from "../contract/gen";

/** What the interface asks of whatever carries it: the desktop program, or a test. */
export type Host = {
  call<Name extends keyof Commands>(name: Name, takes: Commands[Name]["takes"]): Promise<Commands[Name]["answers"]>;
  /** A document was dropped on the window. Answers how to stop listening. */
  onDocument(opened: (document: OpenDocument) => void, refused: (failure: Failure) => void): () => void;
};

/** Whether something thrown is a failure of the contract. */
export function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "remedy" in thrown;
}
