import { SCOPES, type Scope } from '../../../kernel/principal.ts';

/** Those of a text, parted by blanks, that there are. */
export function scopesIn(text: string): readonly Scope[] {
  const named = new Set(text.split(' '));
  return SCOPES.filter(scope => named.has(scope));
}
