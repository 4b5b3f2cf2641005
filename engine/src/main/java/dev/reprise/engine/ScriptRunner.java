package dev.reprise.engine;

import dev.reprise.CompileOptions;
import dev.reprise.RunStatistics;
import dev.reprise.ScriptException;
import dev.reprise.engine.call.Functions;
import dev.reprise.engine.check.TraceExcerpt;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.recall.RunParameters;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.engine.timeline.Timeline;
import dev.reprise.formats.metrics.ScriptVersion;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.DiagnosticPrinter;
import dev.reprise.language.Position;
import dev.reprise.language.program.Procedure;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Runs one compiled script. Thread-safe: each run has its own activation and context. */
public final class ScriptRunner {
  /** Room for the deepest script recursion that is allowed; only touched pages cost memory. */
  private static final long STACK_BYTES = 1L << 30;

  private final SessionServices services;
  private final Functions functions;
  private final Set<String> inputs;
  private final Set<String> outputs;
  private final List<Diagnostic> warnings;

  /** Null when runs of the script are not recalled. */
  private final RunRecall recall;

  /** What stands for the script where metrics are kept, else null. */
  private final ScriptVersion version;

  private final Map<String, String> arguments;

  ScriptRunner(
      SessionServices services,
      Functions functions,
      CompileOptions options,
      List<Diagnostic> warnings,
      RunRecall recall,
      ScriptVersion version) {
    this.recall = recall;
    this.version = version;
    this.arguments = options.arguments();
    this.services = services;
    this.functions = functions;
    this.inputs = options.inputs();
    this.outputs = options.outputs();
    this.warnings = List.copyOf(warnings);
  }

  /** What a run left; the receiver owns one reference to each value. */
  public record Outcome(
      Map<String, Value> values, Map<String, LineageItem> items, RunStatistics statistics) {}

  /** The blocks and instructions of the main program and of all functions that it may call. */
  public String explain() {
    return functions.explain();
  }

  /** What was rewritten in the main program and in the functions that it may call. */
  public String explainRewrites() {
    return functions.explainRewrites();
  }

  public List<Diagnostic> warnings() {
    return warnings;
  }

  /**
   * Compares the names that a run is to bind with those that the script was compiled with.
   *
   * @throws IllegalArgumentException when one is missing or unknown
   */
  public void requireInputs(Set<String> bound) {
    for (String name : new TreeSet<>(inputs)) {
      if (!bound.contains(name)) {
        throw new IllegalArgumentException(
            "input '" + name + "' has no value: bind it with Inputs.of or and");
      }
    }
    for (String name : new TreeSet<>(bound)) {
      if (!inputs.contains(name)) {
        throw new IllegalArgumentException(
            "the script has no input '"
                + name
                + "': it was compiled with "
                + (inputs.isEmpty() ? "none" : String.join(", ", new TreeSet<>(inputs))));
      }
    }
  }

  /**
   * Runs on a thread of its own with a deep stack, and waits for it.
   *
   * @param binding makes the values of the inputs, with references for the run
   * @throws IllegalStateException when the session is closed before the script begins
   */
  public Outcome run(Supplier<Map<String, Binding.Bound>> binding) {
    // Before memory is taken for the inputs, which whoever closes the session is to find given
    // back.
    try (OpenRuns.Entry open = services.runs().begin("Script.run")) {
      return run(open, binding.get());
    }
  }

  private Outcome run(OpenRuns.Entry open, Map<String, Binding.Bound> inputs) {
    Run run =
        recall == null || !inputs.isEmpty()
            ? services.run(open, functions::find, new RunJournal(false, false))
            : services.run(open, functions::find, recall.journal());
    MainThread main = new MainThread(run, inputs);
    try {
      if (services.stored() != null) {
        services.stored().begin(scriptName(), RunParameters.text(services.config(), arguments));
      }
      if (tellsItsEnd(inputs)) {
        services.resources().metrics().begin(version);
      }
      onDeepStack(run, main);
    } finally {
      main.releaseUnbound();
    }
    if (main.failure != null) {
      throw main.failure;
    }
    return main.outcome;
  }

  /** True where a run that fails is gone on with by the next; not with values of a program. */
  private boolean tellsItsEnd(Map<String, Binding.Bound> inputs) {
    return version != null && inputs.isEmpty();
  }

  private String scriptName() {
    Position start = functions.main().procedure().position();
    return start == null ? "a script" : start.file();
  }

  /**
   * Runs the body of a run on a thread of its own, and waits for it.
   *
   * @throws IllegalStateException when the session has been closed before that
   */
  static void onDeepStack(Run run, Runnable body) {
    Timeline timeline = run.resources().timeline();
    Runnable recorded = timeline == null ? body : () -> timeline.run("script", body);
    Thread thread = new Thread(null, recorded, "reprise-main", STACK_BYTES);
    run.open().begins(thread);
    try {
      thread.start();
      thread.join();
    } catch (InterruptedException e) {
      // Ends a long write at once; its half-written file is removed.
      run.open().cancel();
      joinUninterruptibly(thread);
      Thread.currentThread().interrupt();
    }
  }

  private static void joinUninterruptibly(Thread thread) {
    while (true) {
      try {
        thread.join();
        return;
      } catch (InterruptedException e) {
        // The run has been told to stop; it does so at its next safe point.
      }
    }
  }

  private final class MainThread implements Runnable {
    private final Run run;
    private final Map<String, Binding.Bound> inputs;
    private Outcome outcome;
    private RuntimeException failure;

    /** True once the script's thread looks after the inputs; read when that has ended. */
    private boolean hasBegun;

    MainThread(Run run, Map<String, Binding.Bound> inputs) {
      this.run = run;
      this.inputs = inputs;
    }

    /** Gives the inputs up when the script's thread has never begun. */
    void releaseUnbound() {
      if (!hasBegun) {
        Binding.release(inputs);
      }
    }

    @Override
    public void run() {
      hasBegun = true;
      long start = System.nanoTime();
      long seed = services.config().seed().orElseGet(ThreadSeeds::newBase);
      ControlContext context =
          run.mainContext(
              ThreadSeeds.of(seed),
              recall == null
                  ? services.config().out()
                  : run.journal().copying(services.config().out()));
      Activation activation =
          new Activation(functions.main().layout(), null, null, services.config().reuse().traces());
      try {
        bindInputs(activation);
        Node.runAll(functions.main().body(), context, activation);
        context.settle();
        services.accelerators().settle();
        if (tellsItsEnd(inputs)) {
          services.resources().metrics().end(version);
        }
        Map<String, Value> values = new LinkedHashMap<>();
        Map<String, LineageItem> items = new LinkedHashMap<>();
        collect(context, activation, values, items);
        run.counters().merge(context.counters);
        services.lineage().atTheEnd(activation);
        if (recall != null) {
          String text = DiagnosticPrinter.print(warnings);
          recall.keep(run.journal(), text, System.nanoTime() - start);
        }
        outcome =
            new Outcome(
                values, items, StatisticsReport.of(services, run, System.nanoTime() - start));
      } catch (ScriptException e) {
        failure = TraceExcerpt.added(functions.shown(e), run.workingDirectory());
      } catch (RuntimeException e) {
        failure = e;
      } catch (Throwable e) {
        failure =
            new ScriptException(
                ScriptException.Kind.INTERNAL, "internal error: " + e, null, List.of(), e);
      } finally {
        if (services.stored() != null) {
          services.stored().ended(failure == null ? "finished" : "failed");
        }
        context.ahead.discard();
        activation.leave();
        inputs.values().forEach(bound -> bound.forEachMatrix(services.restoration()::letGo));
        services.config().out().flush();
      }
    }

    private void bindInputs(Activation activation) {
      Procedure main = functions.main().procedure();
      for (Map.Entry<String, Binding.Bound> input : inputs.entrySet()) {
        int slot = main.slotNames().indexOf(input.getKey());
        if (slot < 0) {
          input.getValue().any().release();
        } else {
          Binding.Bound bound = input.getValue();
          bound.forEachMatrix(services.restoration()::keep);
          activation.bind(slot, bound.any(), bound.item());
        }
      }
    }

    private void collect(
        ControlContext context,
        Activation activation,
        Map<String, Value> values,
        Map<String, LineageItem> items) {
      for (String name : outputs) {
        int slot = functions.main().procedure().slotNames().indexOf(name);
        if (slot < 0 || activation.values[slot] == null) {
          values.values().forEach(Value::release);
          throw new ScriptException(
              ScriptException.Kind.SCRIPT,
              "output '" + name + "' has no value at the end of the script",
              null,
              List.of(),
              null);
        }
        Value value = activation.values[slot];
        Value complete = context.completed(value);
        complete.retain();
        values.put(name, complete);
        if (activation.isTraced()) {
          items.put(name, activation.items[slot]);
        }
      }
    }
  }
}
