package dev.reprise.engine;

import dev.reprise.RunStatistics;
import dev.reprise.ScriptException;
import dev.reprise.engine.call.Functions;
import dev.reprise.engine.call.LinkedProcedure;
import dev.reprise.engine.check.TraceExcerpt;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.seed.InputSeeds;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One input of a conversation as a program: takes the variables over, runs, and puts back what the
 * variables hold at its end, also when it fails midway.
 */
final class ConversationRun implements Runnable {
  private final Run run;
  private final SessionServices session;
  private final Functions functions;
  private final LinkedProcedure main;
  private final Map<String, Conversation.Variable> variables;
  private final Set<String> forgotten;
  private final InputSeeds seeds;
  private RunStatistics statistics;
  private RuntimeException failure;

  ConversationRun(
      SessionServices session,
      Run run,
      Functions functions,
      Map<String, Conversation.Variable> variables,
      InputSeeds seeds) {
    this.session = session;
    this.run = run;
    this.functions = functions;
    this.main = functions.main();
    this.variables = variables;
    this.forgotten = functions.forgotten();
    this.seeds = seeds;
  }

  /**
   * Runs on a thread with a deep stack, and waits for it.
   *
   * @throws ScriptException when the input fails; the variables are as it left them
   */
  RunStatistics execute() {
    ScriptRunner.onDeepStack(run, this);
    if (failure != null) {
      throw failure;
    }
    return statistics;
  }

  @Override
  public void run() {
    long start = System.nanoTime();
    ThreadSeeds drawn = seeds.begin();
    long first = drawn.source().base();
    ControlContext context = run.mainContext(drawn, session.config().out());
    Activation activation =
        new Activation(main.layout(), null, null, session.config().reuse().traces());
    try {
      hand(activation);
      Node.runAll(main.body(), context, activation);
      context.settle();
      session.accelerators().settle();
      run.counters().merge(context.counters);
      session.lineage().atTheEnd(activation);
      statistics = StatisticsReport.of(session, run, System.nanoTime() - start);
    } catch (ScriptException e) {
      failure = TraceExcerpt.added(functions.shown(e), run.workingDirectory());
    } catch (RuntimeException e) {
      failure = e;
    } catch (Throwable e) {
      failure =
          new ScriptException(
              ScriptException.Kind.INTERNAL, "internal error: " + e, null, List.of(), e);
    } finally {
      seeds.ended(drawn, first);
      context.ahead.discard();
      takeBack(activation);
      activation.leave();
      session.config().out().flush();
    }
  }

  /** The activation owns the references from here on, so that left indexing writes in place. */
  private void hand(Activation activation) {
    List<String> slots = main.procedure().slotNames();
    for (int slot = 0; slot < main.layout().slotCount(); slot++) {
      Conversation.Variable variable =
          slots.get(slot) == null ? null : variables.remove(slots.get(slot));
      if (variable != null) {
        activation.bind(slot, variable.value(), variable.item());
      }
    }
  }

  private void takeBack(Activation activation) {
    List<String> slots = main.procedure().slotNames();
    for (int slot = 0; slot < main.layout().slotCount(); slot++) {
      Value value = completeOrNull(activation.values[slot]);
      if (slots.get(slot) != null && value != null && !forgotten.contains(slots.get(slot))) {
        value.retain();
        variables.put(slots.get(slot), new Conversation.Variable(value, activation.item(slot)));
      }
    }
  }

  /** Null also for what failed or was cancelled with the input, and for a list of such. */
  private static Value completeOrNull(Value value) {
    Value complete = value instanceof Handle handle ? handle.valueOrNull() : value;
    return complete == null || complete.isPending() ? null : complete;
  }
}
