package dev.reprise.engine.thread;

/**
 * Makes a recursion that does not end overflow the stack where a call is entered, when its thread
 * holds no claim and no pin, rather than within an operation, where letting go of them would
 * overflow once more.
 *
 * <p>The virtual machine does not tell how much stack is left, so it is tried out: a method calls
 * itself as deep as some tens of script calls and an operation may. Calls near the surface do not
 * pay for that.
 */
public final class StackRoom {
  /** Calls so deep are looked at, and then every so many. */
  private static final int EVERY = 32;

  /**
   * About 1 MB where frames are compiled, 2 MB else: 32 calls through a dozen nested loops and
   * branches each, and the deepest operation on top.
   */
  private static final int FRAMES = 16_000;

  private StackRoom() {}

  /**
   * Called when a call is entered.
   *
   * @throws StackOverflowError when there is not enough stack for the calls until the next look
   */
  public static void look(int callDepth) {
    if (callDepth >= EVERY && callDepth % EVERY == 0) {
      touch(FRAMES);
    }
  }

  private static int touch(int frames) {
    return frames == 0 ? 0 : touch(frames - 1) + 1;
  }
}
