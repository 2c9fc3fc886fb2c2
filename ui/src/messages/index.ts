import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import source from "../../../assets/texts/pt-BR.ftl?raw";

const bundle = new FluentBundle("pt-BR", { useIsolating: false });
bundle.addResource(new FluentResource(source));

/** The words for an id of the catalogue; a test keeps every id used defined. */
export function t(id: string, values: Record<string, FluentVariable> = {}): string {
  const pattern = bundle.getMessage(id)?.value;
  return pattern ? bundle.formatPattern(pattern, values) : id;
}
