package dev.reprise.cli;

import dev.reprise.Reprise;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.Script;
import dev.reprise.ScriptException;
import dev.reprise.Session;
import dev.reprise.language.CompileException;
import dev.reprise.language.DiagnosticPrinter;
import dev.reprise.runtime.ResourceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs the cells of a plan in turns, each run in a session of its own, and fills the cells.
 *
 * <p>Turns spread over all cells what changes while the comparison lasts: other programs, the
 * processor's clock, the code that the JVM has compiled so far.
 */
final class BenchRun {
  private final BenchPlan plan;
  private final BenchDevices devices;
  private final Console console;

  // What the first run of all printed, and whose it was.
  private String expected;
  private String origin;

  BenchRun(BenchPlan plan, BenchDevices devices, Console console) {
    this.plan = plan;
    this.devices = devices;
    this.console = console;
  }

  /**
   * @throws CompileException when the script cannot be compiled
   * @throws UsageException when there is no such script
   */
  void run() throws CompileException, IOException {
    console.interruption().onInterrupt(Thread.currentThread()::interrupt);
    EngineOptions.of(plan.cells().getFirst().settings(), console).tellNotes(console.err());
    for (BenchCell cell : plan.cells()) {
      devices.absence(cell.placement()).ifPresent(cell::absent);
    }
    int rounds = plan.warmup() + plan.runs();
    for (int round = 1; round <= rounds; round++) {
      List<String> times = new ArrayList<>();
      for (BenchCell cell : plan.cells()) {
        if (cell.isOpen()) {
          RunStatistics run = run(cell);
          if (run != null && round > plan.warmup()) {
            cell.measured(run);
          }
          if (run != null) {
            times.add(cell.name() + " " + Units.seconds(run.wallNanos()));
          }
        }
      }
      tell(round, rounds, times);
    }
  }

  private void tell(int round, int rounds, List<String> times) {
    if (!times.isEmpty()) {
      console
          .err()
          .println(
              "round "
                  + round
                  + " of "
                  + rounds
                  + (round <= plan.warmup() ? " (warming up): " : ": ")
                  + String.join(", ", times));
    }
  }

  /** Runs a cell once; null when that was not possible, which the cell knows then. */
  private RunStatistics run(BenchCell cell) throws CompileException, IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, false, StandardCharsets.UTF_8);
    PrintStream ignored = new PrintStream(PrintStream.nullOutputStream());
    EngineOptions options =
        EngineOptions.of(cell.settings(), new Console(out, ignored, console.interruption()));
    try (Session session = open(cell, options)) {
      if (session == null) {
        return null;
      }
      RunStatistics statistics = execute(cell, session);
      if (statistics != null) {
        out.flush();
        compare(cell, printed.toString(StandardCharsets.UTF_8));
        cell.note(devices.note(options.config().devices(), statistics));
      }
      return statistics;
    }
  }

  /** A device may be there and refuse to be opened. */
  private static Session open(BenchCell cell, EngineOptions options) {
    try {
      return Reprise.session(options.config());
    } catch (ResourceException e) {
      cell.absent(e.getMessage());
      return null;
    }
  }

  private RunStatistics execute(BenchCell cell, Session session)
      throws CompileException, IOException {
    Script script = ScriptRun.compile(session, plan.source(), cell.settings().optimize());
    if (expected == null) {
      console.err().print(DiagnosticPrinter.print(script.warnings()));
    }
    try (RunResult result = script.run()) {
      return result.statistics();
    } catch (ScriptException e) {
      if (e.kind() == ScriptException.Kind.INTERNAL) {
        throw e;
      }
      cell.failed(e.getMessage());
      return null;
    }
  }

  private void compare(BenchCell cell, String printed) {
    if (expected == null) {
      expected = printed;
      origin = cell.name();
      return;
    }
    Optional<String> difference =
        new PrintedResults(plan.tolerance()).difference(origin, expected, cell.name(), printed);
    difference.ifPresent(cell::differs);
  }
}
