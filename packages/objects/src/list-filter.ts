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

/** The bits nearly every kind of object has, by the names of its table of flags. */
type LifeFlags = Readonly<
  Record<"ACTIVE" | "INACTIVE" | "PERSISTENT" | "TRANSIENT" | "AUTOSTART" | "NO_AUTOSTART", number>
>;

interface Living {
  readonly isActive: boolean;
  readonly isPersistent: boolean;
  readonly autostart: boolean;
}

/** The filters by whether it runs, is defined, and starts with the host. */
export const lifeFilters = (flag: LifeFlags): readonly FilterGroup<Living>[] => [
  [
    [flag.ACTIVE, ({ isActive }) => isActive],
    [flag.INACTIVE, ({ isActive }) => !isActive],
  ],
  [
    [flag.PERSISTENT, ({ isPersistent }) => isPersistent],
    [flag.TRANSIENT, ({ isPersistent }) => !isPersistent],
  ],
  [
    [flag.AUTOSTART, ({ autostart }) => autostart],
    [flag.NO_AUTOSTART, ({ autostart }) => !autostart],
  ],
];

/** What calls that list one kind of object answer from, by the flags they ask with. */
export function listings<T>(
  all: () => Iterable<T>,
  groups: readonly FilterGroup<T>[],
  nameOf: (object: T) => string,
) {
  const select = (flags: number): T[] => [...all()].filter((object) => isListed(object, flags, groups));
  return {
    select,
    count: (flags: number) => ({ num: select(flags).length }),
    names: (flags: number, most: number) => ({ names: select(flags).slice(0, most).map(nameOf) }),
  };
}

/** All bits that groups of filters know. */
export const filterFlags = <T>(groups: readonly FilterGroup<T>[]): number =>
  groups.flat().reduce((all, [bit]) => all | bit, 0);
