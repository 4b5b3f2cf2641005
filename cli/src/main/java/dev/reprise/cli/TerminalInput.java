package dev.reprise.cli;

import dev.reprise.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Inputs from a person: line editing, a history that is kept in a file, completion of names, and
 * further lines while something is open. For one thread.
 */
final class TerminalInput implements ReplInput {
  private static final String CONTINUED = "... ";
  private static final int HISTORY_LINES = 10_000;

  /** What a terminal without a size is taken to have. */
  private static final Size USUAL_SIZE = Size.of(80, 24);

  /** Held, since a logger that nobody holds forgets its level. */
  private static final Logger TERMINAL_LOG = Logger.getLogger("org.jline");

  private final Terminal terminal;
  private final LineReader reader;

  /**
   * Takes the process's terminal.
   *
   * @param history where lines are kept from one start to the next; made when it does not exist
   * @param names what a word can be completed to, asked anew each time
   */
  static ReplInput ofProcess(Path history, Supplier<Collection<String>> names) throws IOException {
    // Of a terminal that the system does not know it logs where in its code that came up; it does
    // with it what most terminals can.
    TERMINAL_LOG.setLevel(Level.OFF);
    // Nor is the terminal asked how wide it makes joined characters: whatever was typed by then
    // would be taken for its answer, and be lost.
    Terminal terminal = TerminalBuilder.builder().system(true).graphemeCluster(false).build();
    String type = terminal.getType();
    // Without a name when there is no TERM.
    return type == null || type.isBlank() || type.startsWith(Terminal.TYPE_DUMB)
        ? new DumbInput(terminal).listening()
        : new TerminalInput(terminal, madePlaceFor(history), names);
  }

  TerminalInput(Terminal terminal, Path history, Supplier<Collection<String>> names) {
    this.terminal = terminal;
    giveSize(terminal);
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("reprise")
            .parser(new InputParser())
            .completer(completer(names))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, CONTINUED)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, false)
            .build();
  }

  /** Some terminals, as of serial lines and containers, say that they have no rows and columns. */
  private static void giveSize(Terminal terminal) {
    if (terminal.getSize().getColumns() <= 0 || terminal.getSize().getRows() <= 0) {
      terminal.setSize(USUAL_SIZE);
    }
  }

  private static Path madePlaceFor(Path history) throws IOException {
    Files.createDirectories(history.getParent());
    return history;
  }

  private static Completer completer(Supplier<Collection<String>> names) {
    return (reader, line, candidates) -> {
      for (String name : names.get()) {
        candidates.add(new Candidate(name, name, null, null, null, null, false));
      }
    };
  }

  @Override
  public String next(String prompt) {
    try {
      return reader.readLine(prompt);
    } catch (UserInterruptException e) {
      throw new GivenUp();
    } catch (EndOfFileException e) {
      return null;
    }
  }

  @Override
  public void onInterrupt(Runnable action) {
    terminal.handle(Terminal.Signal.INT, _ -> action.run());
  }

  @Override
  public void close() throws IOException {
    reader.getHistory().save();
    terminal.close();
  }

  /** Asks for a further line while something is open; completes the name before the cursor. */
  private static final class InputParser implements Parser {
    private final DefaultParser words =
        new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]);

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.COMPLETE) {
        int start = nameStart(line, cursor);
        return words.parse(line.substring(start, cursor), cursor - start, context);
      }
      if (context == ParseContext.ACCEPT_LINE
          && !ReplCommands.isCommand(line)
          && Workspace.isOpen(line)) {
        throw new EOFError(-1, cursor, "more must follow");
      }
      return words.parse(line, cursor, context);
    }

    private static int nameStart(String line, int cursor) {
      int start = cursor;
      while (start > 0 && isNamePart(line.charAt(start - 1))) {
        start--;
      }
      return start > 0 && line.charAt(start - 1) == ':' ? start - 1 : start;
    }

    private static boolean isNamePart(char c) {
      return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }
  }
}
