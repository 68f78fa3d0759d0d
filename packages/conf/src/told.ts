import type { Field } from "@libvirt-ts/xml";

/**
 * A field that only tells what a driver found: shown where it was filled in, passed over when read.
 * @param name the element or attribute it writes
 */
export const told = <T, P extends string>(field: Field<T, P>, name: string): Field<T, P> => ({
  presence: field.presence,
  plan(key) {
    const { init, formatAttrs, formatBody, shape } = field.plan(key);
    return {
      ...(init && { init }),
      ...(formatAttrs && { formatAttrs }),
      ...(formatBody && { formatBody }),
      ...(shape && { shape }),
      knowsAttr: (each) => each === name,
      knowsTag: (each) => each === name,
    };
  },
});
