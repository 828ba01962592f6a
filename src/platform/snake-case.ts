/** `updatedAt` as `updated_at`: the names of columns, settings and the wire. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
