/**
 * An identifier of one kind of thing. The optional brand keeps a `PostId` from being passed where a `UserId`
 * is wanted, and costs nothing at run time.
 */
export type Id<Kind extends string> = string & { readonly __kind?: Kind };

/** Makes UUIDv7 strings (RFC 9562, section 5.7): each is greater than all that this process made before. */
export interface Ids {
  next(): string;
}
