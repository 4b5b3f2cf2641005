package dev.reprise.cli;

import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceDot;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.lineage.TraceWriter;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise lineage}. */
@Command(
    name = "reprise lineage",
    customSynopsis = "reprise lineage FILE.lineage [--dot]",
    description = "Shows how a value came to be: the trace that write() left beside it.",
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Examples:",
      "  reprise lineage model.csv.lineage",
      "  reprise lineage model.csv.lineage --dot | dot -Tsvg > model.svg"
    })
final class LineageCommand implements Callable<ExitCode> {
  private final Console console;

  @Parameters(paramLabel = "FILE.lineage", description = "The lineage file.")
  private Path file;

  @Option(names = "--dot", description = "Print a graph for Graphviz instead of text.")
  private boolean dot;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  LineageCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws IOException {
    Trace trace;
    try (Reader in = Files.newBufferedReader(file)) {
      trace = TraceReader.read(in, OperationTable.standard());
    } catch (NoSuchFileException e) {
      throw new UsageException("lineage file not found: " + file);
    } catch (CharacterCodingException e) {
      throw new UsageException(file + " is no text in UTF-8");
    } catch (IOException e) {
      throw new UsageException("cannot read " + file + ": " + Failures.reason(e));
    } catch (TraceFormatException e) {
      console.err().println(file + ": " + e.getMessage());
      return ExitCode.SCRIPT;
    }
    if (dot) {
      TraceDot.write(trace, console.out());
    } else {
      TraceWriter.write(trace, console.out());
    }
    return ExitCode.FINE;
  }
}
