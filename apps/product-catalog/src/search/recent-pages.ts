import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';

/** What a page is made of, the same for every reader but for its cursor. */
export interface FoundPage {
  /** The answers, joined by commas. */
  items: string;
  /** Where the next page begins; null where there is none. */
  next: string | null;
}

const keptMs = 1_000;
const mostCharacters = 8_000_000;
const mostPages = 1_000;

/**
 * The public pages that were asked for within the last second, so that a page that everybody looks at is read once. A publication in this
 * process ends them at once; one in another process is seen a second later.
 */
@Injectable()
export class RecentPages {
  private readonly pages = new Map<string, { page: FoundPage; until: number }>();
  private characters = 0;
  private generation = 0;

  async get(key: string, read: () => Promise<FoundPage>): Promise<FoundPage> {
    const known = this.pages.get(key);
    if (known && known.until > Date.now()) return known.page;
    const { generation } = this;
    const page = await read();
    // What was read while a publication committed may be older than it.
    if (generation === this.generation) this.keep(key, page);
    return page;
  }

  /** Forgets all pages when the transaction has committed. */
  endWith(tx: Tx): void {
    tx.onCommit(this.clear);
  }

  readonly clear = (): void => {
    this.generation += 1;
    this.pages.clear();
    this.characters = 0;
  };

  private keep(key: string, page: FoundPage): void {
    if (this.characters > mostCharacters || this.pages.size >= mostPages) {
      this.pages.clear();
      this.characters = 0;
    }
    this.characters += page.items.length;
    this.pages.set(key, { page, until: Date.now() + keptMs });
  }
}
