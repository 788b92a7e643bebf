/** The trash as somebody in front of it uses it. */
import type { Locator, Page } from 'playwright-core';

export class TrashView {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get grid(): Locator {
    return this.#page.getByRole('grid', { name: 'Trash' });
  }

  /** By the way of the navigation. */
  async visit(): Promise<void> {
    await this.#page.getByRole('link', { name: 'Trash' }).click();
    await this.#page.getByRole('heading', { name: 'Trash', level: 1 }).waitFor();
  }

  row(name: string): Locator {
    return this.grid.getByRole('row').filter({ has: this.#box(name) });
  }

  async select(name: string): Promise<void> {
    await this.#box(name).click();
  }

  /** Chooses from the menu of an entry. */
  async choose(name: string, action: string): Promise<void> {
    await this.row(name)
      .getByRole('button', { name: `Actions for ${name}` })
      .click();
    await this.#page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  #box(name: string): Locator {
    return this.#page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
  }
}
