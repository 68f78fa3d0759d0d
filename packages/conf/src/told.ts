import type { Field } from "@libvirt-ts/xml";

/**
 * A field that only tells what a driver found: shown where it was filled in, passed over when read.
 * @param tag the element it writes
 */
export const told = <T, P extends string>(field: Field<T, P>, tag: string): Field<T, P> => ({
  presence: field.presence,
  plan(key) {
    const { init, formatBody, shape } = field.plan(key);
    return {
      ...(init && { init }),
      ...(formatBody && { formatBody }),
      ...(shape && { shape }),
      knowsTag: (name) => name === tag,
    };
  },
});
