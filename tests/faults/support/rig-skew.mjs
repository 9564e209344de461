// @ts-check
/**
 * Loaded before everything else, gives a process a wrong clock: RIG_SKEW_MS ahead (or behind, when negative), which after
 * RIG_JUMP_AFTER_MS jumps by RIG_JUMP_MS. Only what the clock says is wrong; timers run as they should.
 */
const RealDate = Date;
const { RIG_SKEW_MS, RIG_JUMP_MS, RIG_JUMP_AFTER_MS = '4000' } = process.env;
let skew = Number(RIG_SKEW_MS ?? 0);

globalThis.Date = /** @type {DateConstructor} */ (/** @type {unknown} */ (class extends RealDate {
  /** @param {...any} given */
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + skew);
    else super(.../** @type {[any]} */ (given));
  }

  static now() {
    return RealDate.now() + skew;
  }
}));

if (RIG_JUMP_MS) setTimeout(() => { skew += Number(RIG_JUMP_MS); }, Number(RIG_JUMP_AFTER_MS)).unref();
