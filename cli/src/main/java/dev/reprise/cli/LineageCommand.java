package dev.reprise.cli;

import dev.reprise.lineage.LoopAnswer;
import dev.reprise.lineage.LoopAnswerText;
import dev.reprise.lineage.LoopDot;
import dev.reprise.lineage.LoopQuery;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceComparison;
import dev.reprise.lineage.TraceDot;
import dev.reprise.lineage.TraceProgram;
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
      "reprise lineage FILE.lineage [--query QUESTION [--of ITEM]] [--loops] [--dot|--format FORMAT]",
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
      "gave a constant, or an operation that occurs once; with the numbers of --loops also a place",
      "in a loop: %%4^1@17 (variable 1 of loop %%4 after iteration 17), '%%4$2@17' (operation 2 in",
      "iteration 17), '%%4$3@17^1@5' (in an inner loop).",
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
  private static final String JSON = "json";
  private static final List<String> FORMATS = List.of("text", JSON);

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

  @Option(
      names = "--loops",
      description = {
        "Show loops as they are stored, not as their iterations. Always so for loops of more than "
            + "two million operations."
      })
  private boolean loops;

  @Option(names = "--format", paramLabel = "FORMAT", description = "text (default), json.")
  private String format;

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
    if (format != null) {
      Choices.oneOf("--format", format, FORMATS);
    }
    if (dot && format != null) {
      throw new UsageException("--dot goes without --format: it prints a graph for Graphviz");
    }
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

  /** Loops that nobody would read iteration by iteration, or that are asked for as loops. */
  private ExitCode showLoops(Trace trace) throws IOException {
    TraceProgram program = TraceProgram.of(trace.outputs());
    if (program.isTangled()) {
      throw new UsageException(
          "a loop of the trace refers to itself through a list; leave out --loops, and give"
              + " numbers of items as they are printed without it");
    }
    if (question != null) {
      LoopAnswer answer = LoopAnswers.to(question, selector, program);
      if (JSON.equals(format)) {
        LoopJson.write(answer, console.out());
      } else {
        console.out().print(LoopAnswerText.of(answer));
      }
    } else if (dot) {
      LoopDot.write(program, console.out());
    } else if (JSON.equals(format)) {
      LoopJson.write(new LoopQuery(program).everything(), console.out());
    } else {
      TraceWriter.write(trace.outputs(), console.out());
    }
    return ExitCode.FINE;
  }

  private ExitCode compare(Path first, Path second) {
    if (question != null || dot || loops || format != null) {
      throw new UsageException("diff goes without --query, --dot, --loops and --format");
    }
    Optional<String> difference =
        TraceComparison.explain(TraceInput.read(first), TraceInput.read(second));
    console.out().println(difference.orElse("the traces are equal"));
    return difference.isEmpty() ? ExitCode.FINE : ExitCode.SCRIPT;
  }

  private ExitCode show(Trace trace) throws IOException {
    if (question != null && dot) {
      throw new UsageException("--query goes without --dot");
    }
    boolean namesLoop = selector != null && LoopQuery.isPlaceInLoop(selector);
    if (loops || namesLoop || trace.isTooLargeToExpand()) {
      return showLoops(trace);
    }
    if (question != null) {
      TraceAnswer answer = TraceAnswer.to(question, selector, trace);
      if (JSON.equals(format)) {
        TraceJson.write(trace, answer.positions(), console.out());
      } else {
        console.out().print(answer.text());
      }
    } else if (dot) {
      TraceDot.write(trace, console.out());
    } else if (JSON.equals(format)) {
      TraceJson.write(trace, TraceJson.all(trace), console.out());
    } else {
      TraceWriter.write(trace, console.out());
    }
    return ExitCode.FINE;
  }
}
