/** The list of a folder as somebody in front of it uses it. */
import type { Locator, Page } from 'playwright-core';

export class FolderView {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get grid(): Locator {
    return this.#page.getByRole('grid');
  }

  row(name: string): Locator {
    return this.grid.getByRole('row').filter({ has: this.#page.getByRole('link', { name, exact: true }) });
  }

  async names(): Promise<string[]> {
    return this.grid.getByRole('link').allInnerTexts();
  }

  async open(name: string): Promise<void> {
    await this.row(name).getByRole('link').click();
  }

  /** Chooses from the menu of an entry. */
  async choose(name: string, action: string): Promise<void> {
    await this.row(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .click();
    await this.#page.getByRole('menuitem', { name: action }).click();
  }

  /** Makes a folder by the button, and opens it. */
  async make(name: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'New folder' }).click();
    await this.#page.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.#page.getByRole('button', { name: 'Make folder' }).click();
    await this.open(name);
    await this.#page.getByRole('heading', { name, level: 1 }).waitFor();
  }

  /** Uploads by the button, waits for all copies and closes the list of uploads. */
  async uploadWhole(...files: { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[]): Promise<void> {
    await this.upload(...files);
    await this.untilAllCopied();
    await this.closeUploads();
  }

  /** Uploads by the button. */
  async upload(...files: { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[]): Promise<void> {
    await this.#page.getByLabel('Files to upload').setInputFiles(files);
  }

  /** Resolves when the uploads so far are on all nodes, by the word of the page. */
  async untilAllCopied(): Promise<void> {
    await this.#page.getByRole('region', { name: 'Uploads' }).getByText('Every copy is in place').waitFor();
  }

  async closeUploads(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Close the list of uploads' }).click();
  }
}
