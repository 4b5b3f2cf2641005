package dev.reprise.cli;

import dev.reprise.Workspace;
import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;
import org.jline.utils.Signals;

/**
 * Inputs from a person whose terminal can do nothing, as within an editor: the system edits the
 * line and shows it, so nothing of it is written here. For one thread, which Ctrl-C frees.
 */
final class DumbInput implements ReplInput {
  private static final String CONTINUED = "... ";

  /** How long a reading waits before it looks whether Ctrl-C was pressed. */
  private static final long LOOK_MILLIS = 100;

  private final Terminal terminal;

  // Written by the thread of the signals, read by the one that reads.
  private volatile boolean givenUp;
  // What Ctrl-C does now; written by the one that reads.
  private volatile Runnable onInterrupt = () -> givenUp = true;

  /** Takes the terminal, and closes it in the end. */
  DumbInput(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Listens to Ctrl-C of the process, which such a terminal does not hear of by itself. */
  DumbInput listening() {
    Signals.register("INT", this::interrupt);
    return this;
  }

  /** Ctrl-C was pressed. */
  void interrupt() {
    onInterrupt.run();
  }

  @Override
  public String next(String prompt) throws IOException {
    givenUp = false;
    onInterrupt = () -> givenUp = true;
    StringBuilder input = new StringBuilder();
    String shown = prompt;
    while (true) {
      terminal.writer().print(shown);
      terminal.writer().flush();
      String line = line();
      if (line == null) {
        return input.isEmpty() ? null : input.toString();
      }
      input.append(input.isEmpty() ? "" : "\n").append(line);
      if (ReplCommands.isCommand(input.toString()) || !Workspace.isOpen(input.toString())) {
        return input.toString();
      }
      shown = CONTINUED;
    }
  }

  /** Without its end; null at the end of all. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    NonBlockingReader reader = terminal.reader();
    while (true) {
      int next = reader.read(LOOK_MILLIS);
      if (givenUp) {
        terminal.writer().println();
        throw new GivenUp();
      }
      switch (next) {
        case NonBlockingReader.READ_EXPIRED -> {}
        case NonBlockingReader.EOF -> {
          return line.isEmpty() ? null : line.toString();
        }
        case '\n', '\r' -> {
          return line.toString();
        }
        default -> line.append((char) next);
      }
    }
  }

  @Override
  public void onInterrupt(Runnable action) {
    onInterrupt = action;
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }
}
