package dev.reprise;

/**
 * Hears how far a run is: from {@code progress} in the script, else from iterations of a parfor
 * loop. Called by whichever thread gets there, so implementations are thread-safe, and quick: the
 * run waits for them. They cannot close the session, which would wait for the run, and get an
 * {@link IllegalStateException}; a thread that they do not wait for may do it.
 */
@FunctionalInterface
public interface ProgressListener {

  /**
   * So much is done.
   *
   * @param done as the script counts, mostly epochs; may start anew for a second loop
   * @param total what {@code done} is going to be in the end, 0 when nobody knows
   * @param text what the script says about it, such as a loss; may be empty
   */
  void progressed(double done, double total, String text);
}
