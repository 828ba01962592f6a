import type { ContainerModuleLoadOptions } from 'inversify';

/** The name of something in the container. The brand keeps two of different types from being swapped. */
export type Token<T> = symbol & { readonly __type?: (value: T) => T };

export function token<T>(name: string): Token<T> {
  return Symbol(name) as Token<T>;
}

type TokensOf<Values extends readonly unknown[]> = { readonly [Index in keyof Values]: Token<Values[Index]> };

/** Binds what a function makes of its dependencies; it is made once, when it is first wanted. */
export function bind<T, const Values extends readonly unknown[]>(
  { bind: bindIn }: Pick<ContainerModuleLoadOptions, 'bind'>,
  name: Token<T>,
  factory: (...values: Values) => T,
  dependencies: TokensOf<Values>,
): void {
  bindIn<unknown>(name)
    .toResolvedValue(factory as unknown as (...values: unknown[]) => T, dependencies as unknown as symbol[])
    .inSingletonScope();
}

/** Binds a class whose constructor takes exactly these dependencies. */
export function bindClass<T, const Values extends readonly unknown[]>(
  options: Pick<ContainerModuleLoadOptions, 'bind'>,
  name: Token<T>,
  type: new (...values: Values) => T,
  dependencies: TokensOf<Values>,
): void {
  bind<T, Values>(options, name, (...values) => new type(...values), dependencies);
}
