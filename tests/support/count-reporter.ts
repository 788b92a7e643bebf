/**
 * Ends a test run with one line, `N passed, N failed, N skipped`, after listing plainly what was skipped and why. What other reporters print but
 * do not count is counted here as failed: files that cannot be imported, set-up that throws, errors that nobody handled, projects without a test.
 */
import type { Reporter, SerializedError, TestCase, TestModule, TestRunEndReason, TestSuite, Vitest } from 'vitest/node';

export interface CountReporterOptions {
  /** Patterns of test files that this run does without, and how they are run. */
  readonly leftOut?: { readonly files: readonly string[]; readonly otherwise: string };
  readonly print?: (text: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

interface Skipped {
  readonly test: string;
  readonly reason: string;
}

export class CountReporter implements Reporter {
  readonly #print: (text: string) => void;
  readonly #isSkippingForbidden: boolean;
  readonly #leftOut: CountReporterOptions['leftOut'];
  #vitest: Vitest | undefined;

  constructor({ leftOut, print = console.log, env = process.env }: CountReporterOptions = {}) {
    this.#print = print;
    this.#isSkippingForbidden = env['NETSTORE_REQUIRE_ALL'] === '1';
    this.#leftOut = leftOut;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[], reason: TestRunEndReason): Promise<void> {
    const projects = await this.#filesOfProjects();
    // Whoever asks for some files knows that others are left out.
    const isWholeRun = modules.length >= projects.reduce((sum, { files }) => sum + files, 0);
    const tests = modules.flatMap((module) => Array.from(module.children.allTests()));
    const skipped = tests.filter((test) => test.result().state === 'skipped').map(describeSkipped);
    const problems = [
      ...modules.filter((module) => module.errors().length > 0).map((module) => `${module.relativeModuleId} could not be run`),
      ...modules.flatMap((module) => Array.from(module.children.allSuites()).filter(hasErrors).map(describeSuite)),
      ...unhandledErrors.map((error) => `an error that nobody handled: ${error.message}`),
      ...projects.filter(({ files }) => isWholeRun && files === 0).map(({ name }) => `${name} has no tests`),
      ...(this.#isSkippingForbidden ? skipped.map(({ test }) => `${test} was skipped, but NETSTORE_REQUIRE_ALL is 1`) : []),
      ...(reason === 'interrupted' ? ['the run was interrupted'] : []),
    ];
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const failed = tests.filter((test) => test.result().state === 'failed').length + problems.length;
    const again = tests.filter(isPassedAgain).map((test) => `${test.module.relativeModuleId} > ${test.fullName}`);
    if (failed > 0) process.exitCode = 1;
    // The other reporters still have things to say; this is the last word of the process.
    process.once('exit', () => {
      if (isWholeRun && this.#leftOut !== undefined)
        this.#print(`left out: ${this.#leftOut.files.join(', ')} (${this.#leftOut.otherwise})`);
      for (const { test, reason: why } of skipped) this.#print(`skipped: ${test} (${why})`);
      for (const test of again) this.#print(`passed at the second try: ${test}`);
      for (const problem of problems) this.#print(`failed: ${problem}`);
      this.#print(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
    });
  }

  #filesOfProjects(): Promise<{ readonly name: string; readonly files: number }[]> {
    return Promise.all(
      (this.#vitest?.projects ?? []).map(async (project) => ({
        name: project.name,
        files: (await project.globTestFiles()).testFiles.length,
      })),
    );
  }
}

function isPassedAgain(test: TestCase): boolean {
  return test.result().state === 'passed' && (test.diagnostic()?.retryCount ?? 0) > 0;
}

function hasErrors(suite: TestSuite): boolean {
  return suite.errors().length > 0;
}

function describeSuite(suite: TestSuite): string {
  return `the set-up of ${suite.module.relativeModuleId} > ${suite.fullName}`;
}

function describeSkipped(test: TestCase): Skipped {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return { test: `${test.module.relativeModuleId} > ${test.fullName}`, reason: note ?? 'no reason was given' };
}
