package dev.reprise.cli;

import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceComparison;
import dev.reprise.lineage.TraceDot;
import dev.reprise.lineage.TraceWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise lineage}. */
@Command(
    name = "reprise lineage",
    customSynopsis = {
      "reprise lineage FILE.lineage [--query QUESTION [--of ITEM]] [--dot | --format FORMAT]",
      "       reprise lineage diff A.lineage B.lineage"
    },
    description = {
      "Shows how a value came to be: the trace that write() left beside it.",
      "diff says in words what is the first difference between two traces, and ends with 1 when",
      "there is one."
    },
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "An ITEM is a number as in %%12, an output, the path of an input, the name that the script",
      "gave a constant, or an operation that occurs once.",
      "",
      "Examples:",
      "  reprise lineage model.csv.lineage",
      "  reprise lineage model.csv.lineage --dot | dot -Tsvg > model.svg",
      "  reprise lineage model.csv.lineage --query inputs",
      "  reprise lineage model.csv.lineage --query descendants --of data/X.csv",
      "  reprise lineage diff monday/model.csv.lineage today/model.csv.lineage"
    })
final class LineageCommand implements Callable<ExitCode> {
  private static final String DIFF = "diff";
  private static final List<String> FORMATS = List.of("text", "json");

  private final Console console;

  @Parameters(
      paramLabel = "FILE.lineage",
      arity = "1..*",
      description = "The lineage file; or diff and two of them.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--query",
      paramLabel = "QUESTION",
      description = {
        "ancestors: the items that an item is made of.",
        "descendants: the items and outputs that it went into.",
        "inputs: the files, bound values, random numbers and named constants that reached it."
      })
  private String question;

  @Option(
      names = "--of",
      paramLabel = "ITEM",
      description = "The item that is asked about. Default: the first output.")
  private String selector;

  @Option(names = "--dot", description = "Print a graph for Graphviz instead of text.")
  private boolean dot;

  @Option(names = "--format", paramLabel = "FORMAT", description = "text (default), json.")
  private String format = "text";

  @Option(
      names = "--diff",
      paramLabel = "OTHER",
      description = "Compare with another trace, as diff does.")
  private Path other;

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
    Choices.oneOf("--format", format, FORMATS);
    boolean isDiff = words.getFirst().equals(DIFF) && words.size() > 1;
    if (isDiff && words.size() != 3) {
      throw new UsageException("diff takes two lineage files: lineage diff A.lineage B.lineage");
    }
    if (!isDiff && words.size() > 1) {
      throw new UsageException("unexpected word '" + words.get(1) + "'");
    }
    if (selector != null && question == null) {
      throw new UsageException("--of needs --query: ancestors, descendants or inputs");
    }
    if (isDiff) {
      return compare(Path.of(words.get(1)), Path.of(words.get(2)));
    }
    Path file = Path.of(words.getFirst());
    return other == null ? show(TraceInput.read(file)) : compare(file, other);
  }

  /** A trace with loops so long that nobody would read their iterations. */
  private ExitCode showLoops(Trace trace) throws IOException {
    if (question != null || dot || format.equals("json")) {
      throw new UsageException(
          "the trace has loops of millions of operations; it can be printed and replayed,"
              + " but not listed by --query, --dot and --format json");
    }
    TraceWriter.write(trace.outputs(), console.out());
    return ExitCode.FINE;
  }

  private ExitCode compare(Path first, Path second) {
    if (question != null || dot) {
      throw new UsageException("diff goes without --query and --dot");
    }
    Optional<String> difference =
        TraceComparison.explain(TraceInput.read(first), TraceInput.read(second));
    console.out().println(difference.orElse("the traces are equal"));
    return difference.isEmpty() ? ExitCode.FINE : ExitCode.SCRIPT;
  }

  private ExitCode show(Trace trace) throws IOException {
    if (trace.isTooLargeToExpand()) {
      return showLoops(trace);
    }
    if (question != null) {
      if (dot) {
        throw new UsageException("--query goes without --dot");
      }
      TraceAnswer answer = TraceAnswer.to(question, selector, trace);
      if (format.equals("json")) {
        TraceJson.write(trace, answer.positions(), console.out());
      } else {
        console.out().print(answer.text());
      }
    } else if (dot) {
      TraceDot.write(trace, console.out());
    } else if (format.equals("json")) {
      TraceJson.write(trace, TraceJson.all(trace), console.out());
    } else {
      TraceWriter.write(trace, console.out());
    }
    return ExitCode.FINE;
  }
}
