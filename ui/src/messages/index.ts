import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import source from "../../../assets/texts/pt-BR.ftl?raw";

const bundle = new FluentBundle("pt-BR", { useIsolating: false });
bundle.addResource(new FluentResource(source));

/** The words for an id of the catalogue, or for one of its attributes (`id.attribute`); a test keeps all of them defined. */
export function t(id: string, values: Record<string, FluentVariable> = {}): string {
  const [message = id, attribute] = id.split(".");
  const found = bundle.getMessage(message);
  const pattern = attribute ? found?.attributes[attribute] : found?.value;
  return pattern ? bundle.formatPattern(pattern, values) : id;
}
