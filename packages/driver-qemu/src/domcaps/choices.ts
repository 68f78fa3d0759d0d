import type { Choices } from "@libvirt-ts/conf/domain-capabilities";
import type { DomainCapabilitiesRequest, Section, Value } from "./request.ts";

/** What a section comes to. */
export function choicesOf(
  { supported, enums }: Pick<Section, "supported" | "enums">,
  request: DomainCapabilitiesRequest,
): Choices {
  const isSupported = supported?.(request) ?? true;
  return {
    supported: isSupported,
    enums: isSupported ? enums.map(([name, values]) => enumeration(name, values, request)) : [],
  };
}

/** The values that apply. */
export const enumeration = (
  name: string,
  values: readonly Value[],
  request: DomainCapabilitiesRequest,
): Choices["enums"][number] => ({
  name,
  values: values.flatMap((each) => {
    if (typeof each === "string") return [each];
    const [value, applies] = each;
    return applies(request) ? [value] : [];
  }),
});
