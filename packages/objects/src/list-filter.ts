/** A bit of a list call's flags and the objects it asks for. */
export type ListFilter<T> = readonly [bit: number, asksFor: (object: T) => boolean];

/** Bits that say different things about the same, as "active" and "inactive" do. */
export type FilterGroup<T> = readonly ListFilter<T>[];

/** Whether an object belongs into a list: every group with a bit in `flags` has one set that asks for it. */
export function isListed<T>(object: T, flags: number, groups: readonly FilterGroup<T>[]): boolean {
  return groups.every((group) => {
    const wanted = group.filter(([bit]) => (flags & bit) !== 0);
    return wanted.length === 0 || wanted.some(([, asksFor]) => asksFor(object));
  });
}

/** All bits that groups of filters know. */
export const filterFlags = <T>(groups: readonly FilterGroup<T>[]): number =>
  groups.flat().reduce((all, [bit]) => all | bit, 0);
