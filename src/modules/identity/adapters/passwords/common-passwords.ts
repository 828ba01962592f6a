/**
 * Asks zxcvbn's list of the most used passwords. The list takes ten megabytes and a moment to unpack, so it is read when
 * the first password is chosen; only what is long enough to pass the other rules is kept of it.
 */
export class CommonPasswords {
  private readonly minLength: number;
  private passwords: Promise<ReadonlySet<string>> | undefined;

  constructor(minLength: number) {
    this.minLength = minLength;
  }

  /** `password` in lower case, as the list is. */
  async has(password: string): Promise<boolean> {
    this.passwords ??= this.read();
    return (await this.passwords).has(password);
  }

  private async read(): Promise<ReadonlySet<string>> {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    return new Set(dictionary['passwords-common'].filter(({ length }) => length >= this.minLength));
  }
}
