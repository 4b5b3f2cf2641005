package dev.reprise.cli;

import java.io.IOException;

/** Where a conversation's inputs come from: a person at a terminal, or a file or pipe. */
interface ReplInput extends AutoCloseable {

  /** Thrown when a person gives up the line that he is typing. */
  final class GivenUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * The next whole input, which may go over several lines; null at the end.
   *
   * @param prompt shown to a person
   * @throws GivenUp when the person pressed Ctrl-C
   */
  String next(String prompt) throws IOException;

  /** Calls the action when a person presses Ctrl-C while an input runs. */
  void onInterrupt(Runnable action);

  @Override
  void close() throws IOException;
}
