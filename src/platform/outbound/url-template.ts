/** Scheme, host and port; no name and password, and none of the characters that parsers disagree about. */
const BEGINNING = /^https?:\/\/[^/?#\\@{}\s]+/i;

/** What a path and a query may hold (RFC 3986, section 3.3 and 3.4), and braces. */
const REST = /^(?:[/?][\w\-.~:/?[\]@!$&'()*+,;=%{}]*)?$/;

const PLACEHOLDER = /\{([^{}]*)\}/g;

const DOTS = /^(?:\.|%2e){1,2}$/i;

/**
 * An address with placeholders in its path or query (RFC 6570, level 1: whatever a value holds is percent-encoded but
 * letters, digits and `-._~`). No value can change the host, nor climb out of the path.
 */
export class UrlTemplate {
  readonly origin: string;
  private readonly rest: string;

  /** @throws Error with what is wrong, without the address, which may hold a secret */
  constructor(text: string, names: readonly string[]) {
    const [beginning] = BEGINNING.exec(text) ?? [];
    if (beginning === undefined || !URL.canParse(beginning))
      throw new Error('must begin with http:// or https:// and a host, without placeholders or a password');
    const rest = text.slice(beginning.length);
    if (!REST.test(rest) || /[{}]/.test(rest.replace(PLACEHOLDER, '')))
      throw new Error('may have only a path and a query after its host, with placeholders such as {id}');
    const unknown = [...rest.matchAll(PLACEHOLDER)].find(([, name = '']) => !names.includes(name));
    if (unknown) throw new Error(`has the placeholder ${unknown[0]}, which is none of ${names.join(', ')}`);
    this.origin = new URL(beginning).origin;
    this.rest = rest.startsWith('/') ? rest : `/${rest}`;
  }

  /** Path and query, or undefined where a value would lead to another folder, as ".." does. */
  expand(values: Readonly<Record<string, string>>): string | undefined {
    const expanded = this.rest.replace(PLACEHOLDER, (_, name: string) => encoded(values[name] ?? ''));
    const [path = ''] = expanded.split('?', 1);
    return path.split('/').some(segment => DOTS.test(segment)) ? undefined : expanded;
  }
}

/** `encodeURIComponent` leaves five characters that RFC 3986 reserves. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
