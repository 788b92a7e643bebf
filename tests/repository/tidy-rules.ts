/** What no file of the project may contain, each with what to write instead. Rules that the linter has are left to the linter. */
export interface TidyRule {
  readonly ban: RegExp;
  readonly instead: string;
  /** The files that it is about; all when missing. */
  readonly files?: RegExp;
  /** Files that may, each for a reason given beside it. */
  readonly except?: RegExp;
}

const CODE = /\.(?:ts|tsx|mjs)$/;
const PRODUCTION_CODE = /^(?:apps|packages)\/(?!.*(?:\.test\.tsx?$|\/testing\/)).*\.tsx?$/;

/** Written so that these lines do not find themselves. */
export const TIDY_RULES: readonly TidyRule[] = [
  { ban: /\b(?:TO[D]O|FIX[M]E|X[X]X|HAC[K])\b/, instead: 'finish it, or file an issue' },
  { ban: /\bslave[s]?\b/i, instead: 'secondary' },
  { ban: /@ts-(?:ignore|expect-error|nocheck)\b/, instead: 'a type that is true', files: CODE, except: /^tests\/repository\// },
  { ban: /\.pipe\(/, instead: 'pipeline() of node:stream/promises', files: CODE },
  {
    ban: /\.(?:on|once|addListener|prependListener)\(\s*['"]data['"]/,
    instead: 'for await, pipeline() or writeFully(): a data listener has no back-pressure',
    files: PRODUCTION_CODE,
    // The frame socket pauses its socket itself.
    except: /^packages\/wire-transport\/src\/frame-socket\.ts$/,
  },
  {
    ban: /\bimport\((?!\s*['"])/,
    instead: 'a literal: what is computed cannot be checked',
    files: CODE,
    except: /^tests\/repository\//,
  },
  { ban: /\bprocess\.env\b/, instead: 'readConfig(env), called in main.ts', files: PRODUCTION_CODE, except: /\/main\.ts$/ },
  {
    ban: /\b(?:setTimeout|setInterval|setImmediate)\(/,
    instead: "the caller's clock",
    files: /^packages\/wire-protocol\/src\/(?!.*\.test\.ts$)/,
  },
  { ban: /(?<![\w.$}])\/(?:work|root|home|Users)\/[\w.-]/, instead: 'a path relative to the repository, or a temporary folder' },
  {
    ban: /\bregistry\.(?:npmjs|yarnpkg)\b|\bdeb\.debian\.org\b|\bregistry-1\.docker\b/,
    instead: "the machine's own settings: no host of a registry",
  },
];

export const LINES_MAX = 250;
export const TEST_LINES_MAX = 500;
