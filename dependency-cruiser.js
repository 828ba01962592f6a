/** The dependency rule: domain ← application ← adapters ← composition. docs/architecture.md explains it. */

const CORE = '^src/(kernel|modules/[^/]+/(domain|application))/';

export default {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'The kernel, the domain and the use cases import no npm package and nothing of Node.',
      severity: 'error',
      from: { path: CORE },
      to: { dependencyTypesNot: ['local'] },
    },
    {
      name: 'kernel-knows-nobody',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { pathNot: '^src/kernel/' },
    },
    {
      name: 'domain-knows-itself-and-the-kernel',
      comment: 'and what other contexts publish in their index.ts',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/domain/' },
      to: { pathNot: ['^src/kernel/', '^src/modules/$1/domain/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'application-knows-domain-and-kernel',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/application/' },
      to: {
        pathNot: ['^src/kernel/', '^src/modules/$1/(domain|application)/', '^src/modules/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'adapters-know-their-own-context',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/adapters/' },
      to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'platform-knows-no-context',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(modules|composition|cli)' },
    },
    {
      name: 'only-composition-knows-the-container',
      severity: 'error',
      from: { pathNot: '^src/composition/' },
      to: { path: 'node_modules/(inversify|reflect-metadata|@inversifyjs)' },
    },
    {
      name: 'modules-do-not-know-composition',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/(composition|cli|main)' },
    },
    {
      name: 'browser-knows-types-only',
      comment: 'What runs in browsers is nothing but what is in src/web; of everything else, only types.',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { pathNot: '^src/web/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-development-package-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'nothing-unused',
      comment: 'A file that nothing imports is a file to delete.',
      severity: 'error',
      from: { orphan: true, pathNot: ['^src/main\\.ts$', '^src/cli\\.ts$', '/index\\.ts$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.d.ts'],
    },
  },
};
