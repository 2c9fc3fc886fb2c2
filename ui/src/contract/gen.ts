// Generated from src-tauri/api; `make contract` writes it anew.

export type FileVerdict = "valid" | "indeterminate" | "invalid" | "unsigned" | "unreadable";
export type Failure = { 
/**
 * Stable code.
 */
code: string, 
/**
 * What it is, in a few words.
 */
title: string, 
/**
 * What happened.
 */
cause: string, 
/**
 * What to do.
 */
remedy: string, };
export type Answer = { 
/**
 * How it stands.
 */
verdict: FileVerdict, 
/**
 * In words.
 */
text: string, };
export type Detail = { 
/**
 * What.
 */
name: string, 
/**
 * Its value.
 */
value: string, };
export type FindingView = { 
/**
 * Stable code.
 */
code: string, 
/**
 * Whether it keeps the file from being approved.
 */
grave: boolean, 
/**
 * In words.
 */
text: string, };
export type SignatureView = { 
/**
 * Name of its field.
 */
field: string, 
/**
 * The word.
 */
verdict: FileVerdict, 
/**
 * Verdict and cause in a few words.
 */
title: string, 
/**
 * What happened.
 */
sentence: string, 
/**
 * What to do.
 */
remedy: string, 
/**
 * Who signed?
 */
who: Answer, 
/**
 * Did the document change?
 */
changed: Answer, 
/**
 * Can certificate and date be trusted?
 */
trust: Answer, 
/**
 * For experts: code, sub-indication, coverage, algorithm.
 */
details: Array<Detail>, };
export type DocumentView = { 
/**
 * Its name, without folder.
 */
name: string, 
/**
 * SHA-256 in groups of four digits.
 */
sha256: string, 
/**
 * The word.
 */
verdict: FileVerdict, 
/**
 * Verdict and cause in a few words.
 */
title: string, 
/**
 * What happened.
 */
sentence: string, 
/**
 * What to do.
 */
remedy: string, 
/**
 * "2 assinaturas: 1 aprovada, 1 indeterminada"; empty with none.
 */
counts: string, 
/**
 * Each signature.
 */
signatures: Array<SignatureView>, 
/**
 * Everything else.
 */
findings: Array<FindingView>, 
/**
 * When this was judged.
 */
time: string, 
/**
 * By which list of anchors.
 */
list: string, };
export type OpenDocument = { 
/**
 * Opaque id.
 */
id: string, 
/**
 * File name without folder.
 */
name: string, 
/**
 * Size in bytes; JSON numbers hold it exactly below 2^53.
 */
size: number, };
export type SigningPlan = { 
/**
 * File to be signed.
 */
file: string, 
/**
 * Name of the new file.
 */
output: string, 
/**
 * Name of the folder it goes to.
 */
folder: string, 
/**
 * Who signs.
 */
signer: string, 
/**
 * Alias of the key.
 */
key: string, 
/**
 * Name of the environment, in capitals as on the ribbon.
 */
environment: string, 
/**
 * The legal class, in the law's words.
 */
legal_class: string, 
/**
 * First and last eight digits of the document's SHA-256.
 */
digest: string, 
/**
 * Whether it certifies (first signature) or approves.
 */
certifies: boolean, 
/**
 * Something to be said first, such as that there is no credential store.
 */
notice: string | null, 
/**
 * The word to be typed before the signature is made; nothing outside production.
 */
word: string | null, };
export type SigningChoice = { 
/**
 * `/Reason`, empty for none.
 */
reason: string, 
/**
 * `/Location`, empty for none.
 */
location: string, 
/**
 * The word by which work in production is confirmed; empty elsewhere.
 */
word: string, };
export type SigningStep = "preparing" | "signing" | "writing" | "checking" | "done";
export type SignedDocument = { 
/**
 * The new file, open.
 */
document: OpenDocument, 
/**
 * Its verdict.
 */
view: DocumentView, 
/**
 * The service's request id.
 */
request_id: string | null, };
export type SessionView = { 
/**
 * Name of the environment, in capitals as on the ribbon.
 */
environment: string, 
/**
 * Who.
 */
person: string, 
/**
 * In which account.
 */
account: string, 
/**
 * As what.
 */
role: string, 
/**
 * Until when, in words.
 */
until: string, 
/**
 * What a person should know, such as that the session ends with the program.
 */
notice: string | null, };
export type EnvironmentView = { 
/**
 * demo, dev, homolog or prod.
 */
name: string, 
/**
 * Its name in capitals, as on the ribbon.
 */
title: string, 
/**
 * What is said beside it: the office, or that nothing here has legal value.
 */
notice: string, 
/**
 * Account, Region, key, role and file.
 */
details: Array<Detail>, 
/**
 * Whether people sign in to it.
 */
signs_in: boolean, 
/**
 * The word to be typed before work is done there.
 */
word: string | null, 
/**
 * Why it cannot be chosen.
 */
problem: Failure | null, };
export type CertificateView = { 
/**
 * Whose it is.
 */
subject: string, 
/**
 * Everything else: issuers, dates, number, fingerprint, class.
 */
details: Array<Detail>, 
/**
 * That it ends soon, in words.
 */
renewal: string | null, };
export type DeskState = { 
/**
 * The environment chosen.
 */
environment: EnvironmentView, 
/**
 * Who is signed in there.
 */
session: SessionView | null, 
/**
 * The certificate in use there.
 */
certificate: CertificateView | null, };
export type SignInMessage = { 
/**
 * The address.
 */
url: string, 
/**
 * The code to be compared; nothing where the browser of this computer is used.
 */
code: string | null, 
/**
 * How long that is good, in words.
 */
minutes: string | null, };
export type CertificateName = { 
/**
 * The person's name.
 */
person: string, 
/**
 * The office, empty for none.
 */
office: string, 
/**
 * The key that it is for, empty for the environment's.
 */
key: string, };
export type RequestView = { 
/**
 * The request, PEM.
 */
pem: string, 
/**
 * Its fields, as the authority will read them.
 */
details: Array<Detail>, 
/**
 * Where it was kept.
 */
file: string, };
export type KeyView = { 
/**
 * Its alias, or its ARN.
 */
name: string, 
/**
 * Kind, use and state.
 */
kind: string, 
/**
 * What it costs, and where it has replicas.
 */
price: string, };
export type KeySheetView = { 
/**
 * Its ARN.
 */
name: string, 
/**
 * Kind, tags, algorithms, fingerprint, last use, renewal, price.
 */
details: Array<Detail>, 
/**
 * Its policy.
 */
policy: string, };
export type KeyOrderForm = { "work": "create", 
/**
 * Its alias, with or without `alias/`.
 */
alias: string, 
/**
 * rsa-2048, rsa-3072, rsa-4096, p-256 or p-384.
 */
kind: string, 
/**
 * Whether it is one of the office's own authority, and not one that signs documents.
 */
for_authority: boolean, 
/**
 * Whether other Regions can get a replica.
 */
multi_region: boolean, } | { "work": "succeed", 
/**
 * ARN or alias of the successor.
 */
successor: string, 
/**
 * Its certificate, PEM.
 */
pem: string, } | { "work": "replicate", 
/**
 * In which Region.
 */
region: string, };
export type KeyPlanView = { 
/**
 * What it is, in a sentence, and what follows from it.
 */
sentences: Array<string>, 
/**
 * The request as it goes to KMS.
 */
request: string, 
/**
 * The word to be typed.
 */
word: string, };

/** Receives what a running command reports. */
export type Progress<T> = (message: T) => void;

/** Every command: what it takes, what it answers. */
export type Commands = {
  pending_document: { takes: Record<string, never>; answers: OpenDocument | null };
  choose_document: { takes: Record<string, never>; answers: OpenDocument | null };
  open_sample: { takes: Record<string, never>; answers: OpenDocument };
  read_range: { takes: { id: string; start: number; end: number }; answers: ArrayBuffer };
  verify_document: { takes: { id: string }; answers: DocumentView };
  plan_signing: { takes: { id: string }; answers: SigningPlan };
  sign_document: { takes: { id: string; choice: SigningChoice; progress: Progress<SigningStep> }; answers: SignedDocument };
  cancel_signing: { takes: { id: string }; answers: null };
  close_document: { takes: { id: string }; answers: null };
  show_in_folder: { takes: { id: string }; answers: null };
  desk_state: { takes: Record<string, never>; answers: DeskState };
  environments: { takes: Record<string, never>; answers: EnvironmentView[] };
  choose_environment: { takes: { name: string; word: string }; answers: DeskState };
  sign_in: { takes: { device: boolean; progress: Progress<SignInMessage> }; answers: DeskState };
  cancel_sign_in: { takes: Record<string, never>; answers: null };
  sign_out: { takes: Record<string, never>; answers: string[] };
  list_keys: { takes: Record<string, never>; answers: KeyView[] };
  show_key: { takes: { key: string }; answers: KeySheetView };
  plan_key: { takes: { order: KeyOrderForm }; answers: KeyPlanView };
  carry_out_key_plan: { takes: { word: string }; answers: string[] };
  request_certificate: { takes: { subject: CertificateName }; answers: RequestView };
  check_certificate: { takes: { pem: string }; answers: CertificateView };
  choose_certificate: { takes: Record<string, never>; answers: CertificateView | null };
  install_certificate: { takes: Record<string, never>; answers: DeskState };
};
