// @ts-check
const width = 24;

/** How far an import came: a bar on a terminal, a plain line for each tenth elsewhere. Goes to where messages go, never to the result. */
export class Progress {
  /** @param {{ isTTY?: boolean, write(text: string): unknown }} out */
  constructor(out) {
    this.out = out;
    this.said = '';
  }

  /** @param {string} what @param {number} percent @param {string} [detail] */
  show(what, percent, detail = '') {
    if (this.out.isTTY) {
      const full = Math.round(percent / 100 * width);
      this.out.write(`\r\x1b[2K[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${String(percent).padStart(3)} %  ${what} ${detail}`);
      return;
    }
    const line = `${what} ${Math.floor(percent / 10) * 10} %`;
    if (line === this.said) return;
    this.said = line;
    this.out.write(`${line}${detail && ` ${detail}`}\n`);
  }

  /** Leaves the bar's line. */
  end() {
    if (this.out.isTTY) this.out.write('\r\x1b[2K');
  }
}
