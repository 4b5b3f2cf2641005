package dev.reprise.cli;

/** What the process ends with; the numbers are part of the command's contract. */
enum ExitCode {
  FINE(0),
  /** The script's error, {@code stop()} included, or a check that found errors. */
  SCRIPT(1),
  /** Wrong usage of the command. */
  USAGE(2),
  /** Memory, disk or another resource ran out. */
  RESOURCE(3),
  /** A mistake of Reprise itself. */
  BUG(4),
  /** Ended by Ctrl-C: 128 + SIGINT. */
  INTERRUPTED(130),
  /** The reader of our output went away: 128 + SIGPIPE, as for other commands in a pipe. */
  BROKEN_PIPE(141);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
