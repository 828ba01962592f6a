/**
 * What a spreadsheet takes for the beginning of a formula, after OWASP's "CSV Injection", and any number of single quotes before it,
 * so that a text which begins with such a quote itself can be told from one that was escaped.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const ESCAPED = /^'+[=+\-@\t\r\n＝＋－＠]/;

/** A text that a spreadsheet shows and does not calculate. */
export function escapeCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that `escapeCell` made this of. */
export function unescapeCell(cell: string): string {
  return ESCAPED.test(cell) ? cell.slice(1) : cell;
}
