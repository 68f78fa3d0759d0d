import type { Shape } from "@libvirt-ts/xml";
import { DomainSyntax } from "../domain/domain.ts";
import { NetworkSyntax } from "../network/network.ts";
import { PortSyntax } from "../network/port.ts";

type Declared = { readonly tag: string; shape?(): Shape | undefined };

/** The kinds of documents by the names of libvirt's schemas, each with the root elements it may have. */
const roots = {
  domain: [DomainSyntax],
  network: [NetworkSyntax],
  networkport: [PortSyntax],
} as const satisfies { readonly [schema: string]: readonly Declared[] };

export type SchemaName = keyof typeof roots;
export const schemaNames = Object.keys(roots) as SchemaName[]; // the keys of the literal above

/** The kind of document a root element begins. */
export function schemaOfRoot(tag: string): SchemaName | undefined {
  return schemaNames.find((name) => roots[name].some((root) => root.tag === tag));
}

/** What documents of a kind may begin with. */
export function rootsOf(schema: SchemaName): ReadonlyMap<string, Shape> {
  const declared: readonly Declared[] = roots[schema];
  return new Map(
    declared.flatMap((root) => {
      const shape = root.shape?.();
      return shape ? [[root.tag, shape] as const] : [];
    }),
  );
}
