package dev.reprise.engine.worth;

/**
 * Whether looking a value up is still worth its price. Who has asked often, and always in vain,
 * asks for one of sixteen keys only, until one of these comes a second time; then for all again.
 *
 * <pre>
 *   every key --so often in vain--> one of sixteen keys --a value came again--> every key
 * </pre>
 *
 * <p>Which keys these are follows from the keys, so it is the same ones each time, and a program
 * that repeats itself is noticed after a few repetitions. Where an iteration of a loop runs without
 * items (see {@code LoopRecorder}), there are no keys to choose by, and making them costs more than
 * asking: one of sixteen iterations is asked for all its values, the same ones each time. What
 * costs a hundred times as much as asking is always asked for. Nothing depends on a clock.
 *
 * <p>Values that a loop carries on ({@code CarriedValues}) are made of what earlier iterations
 * made, and can have come before only if these had. So who has asked in vain for a few of them
 * stops until one that is not carried comes again: a loop that runs once more from the same start
 * is met at its start. Only one of 256 iterations is asked for them as for all others. Each carried
 * value that does come again buys many more questions. What costs a hundred times as much as asking
 * is asked for all the same where it would be kept: the key of a carried value takes those of all
 * that its iteration has made, and what is not kept is not found.
 *
 * <p>Threads: any. Counts of several workers may get lost, which lets them ask a little longer.
 */
public final class Asking {
  /** Asking may take this share of what is asked for, for ever. */
  private static final long SHARE = 100;

  /** The keys with these bits all zero are always asked for. */
  private static final long SAMPLE = 15;

  /** Blocks of recorded iterations: asking traces the iteration, in code that runs cold. */
  private static final long SAMPLE_OF_BLOCKS = 63;

  private static final long SAMPLE_OF_CARRIED = 255;

  /** So often in vain is enough for carried values: a loop's iterations that are not recorded. */
  private static final int PATIENCE_WITH_CARRIED = 32;

  /** So many more questions are asked for each carried value that came again. */
  private static final int BOUGHT = 128;

  private static final int MOST_BOUGHT = 1 << 20;

  private final int patience;
  private final long priceNanos;

  /** How often in vain since a value came again; less than zero are questions that were bought. */
  private int vain;

  /**
   * @param patience so often in vain is no reason to stop
   * @param priceNanos of asking once, and of remembering the answer
   */
  private Asking(int patience, long priceNanos) {
    this.patience = patience;
    this.priceNanos = priceNanos;
  }

  /** Of an instruction, which asks by the key of one item. */
  public static Asking ofInstruction() {
    return new Asking(256, 1_000);
  }

  /**
   * Of a call or block.
   *
   * @param variables that its key is made of, or that it leaves
   */
  static Asking ofRegion(int variables) {
    return new Asking(64, 1_000 + 500L * variables);
  }

  /** True when every key is asked for, so that nobody needs to make one to find out. */
  public boolean isForAll(double work) {
    return vain < patience || work >= SHARE * priceNanos;
  }

  /** As the other, for values that a loop carries on: false when none of them is asked for. */
  public boolean isForCarried(double work) {
    return isPatientWithCarried() || work >= SHARE * priceNanos;
  }

  /** False when all carried values were asked for in vain, however much they cost. */
  boolean isPatientWithCarried() {
    return vain < PATIENCE_WITH_CARRIED;
  }

  /** True for a key that is asked for although so many others were not found. */
  public static boolean isSampled(long keyLow) {
    return (keyLow & SAMPLE) == 0;
  }

  /** Likewise for an iteration of a loop, by its number. */
  public static boolean isSampledIteration(long iteration) {
    return isSampled(mixed(iteration));
  }

  /** True for one of four of these, which is also asked for its blocks as a whole. */
  public static boolean isSampledForBlocks(long iteration) {
    return (mixed(iteration) & SAMPLE_OF_BLOCKS) == 0;
  }

  /** True for one of four of these, which is also asked for the values that the loop carries on. */
  public static boolean isSampledForCarried(long iteration) {
    return (mixed(iteration) & SAMPLE_OF_CARRIED) == 0;
  }

  private static long mixed(long iteration) {
    // The finaliser of splitmix64: were these iterations evenly spaced, a loop with a period to
    // which the spacing does not fit would have none of its values asked for twice.
    long mixed = (iteration ^ (iteration >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** A value was asked for and was not there. */
  public void inVain() {
    if (vain < patience) {
      vain++;
    }
  }

  /** A value was found, or would have been, had it been kept. */
  public void cameAgain() {
    vain = Math.min(vain, 0);
  }

  /** As the other, of a value that a loop has carried on. */
  public void carriedCameAgain() {
    vain = Math.max(Math.min(vain, 0) - BOUGHT, -MOST_BOUGHT);
  }
}
