package dev.reprise.cli;

import java.io.PrintStream;

/**
 * Where a command writes, who may interrupt it, and who waits for it: results go to {@code out},
 * everything about the run to {@code err}.
 *
 * @param out throws {@link StandardOutput.Lost} when nobody can read it any more
 */
record Console(PrintStream out, PrintStream err, Interruption interruption, Departure departure) {
  /** A console of a command that is waited for until its process ends. */
  Console(PrintStream out, PrintStream err, Interruption interruption) {
    this(out, err, interruption, Departure.NONE);
  }
}
