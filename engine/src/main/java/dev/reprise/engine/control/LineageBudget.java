package dev.reprise.engine.control;

import dev.reprise.RunStatistics.LineageUse;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceCut;
import dev.reprise.lineage.TraceSize;
import dev.reprise.memory.ByteText;
import java.io.PrintStream;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that the traces of variables may take, and what happens when they take more.
 *
 * <pre>
 *   Activation counts the items it is given --many since the last look--> look: what is reachable?
 *       below three quarters of the budget: as many more as surely fit
 *       else: cut the traces that take most; loops around begin new runs
 * </pre>
 *
 * <p>Nothing is counted exactly while items are made, which takes a few nanoseconds each. An
 * activation counts what it binds; one item, or what a loop stores for it, takes at most {@link
 * #MOST_PER_ITEM} bytes as a rule, so between two looks the traces cannot pass the budget. A look
 * walks the trace, but only after at least four times as many items were made as it found the last
 * time, or when the budget may be reached.
 *
 * <p><b>Cutting</b> replaces a variable's item by one that has its key and no inputs ({@link
 * TraceCut}), and likewise what calls and blocks that are being executed keep of their inputs.
 * Keys, hits and results are those of the whole trace.
 *
 * <p>Threads: looks and cuts are made by the control thread that owns the activation, at the end of
 * an iteration and after a call; workers of a parfor loop have a share of the budget each.
 */
public final class LineageBudget {
  private static final int MOST_PER_ITEM = 64;

  /** Looks at less are not worth the trouble. */
  private static final long LEAST_ITEMS = 65_536;

  /** A trace that takes less than the budget divided by this is cut only if that is not enough. */
  private static final int SMALL_SHARE = 64;

  private final long budgetBytes;
  private final int workers;
  private final PrintStream err;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong peakBytes = new AtomicLong();
  private final AtomicLong cuts = new AtomicLong();
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * @param workers how many may share the budget in a parfor loop
   * @param err hears of the first cut
   */
  public LineageBudget(long budgetBytes, int workers, PrintStream err) {
    this.budgetBytes = budgetBytes;
    this.workers = workers;
    this.err = err;
  }

  public LineageUse use() {
    return new LineageUse(bytes.get(), peakBytes.get(), budgetBytes, cuts.get());
  }

  /**
   * Looks at the traces of an activation that has been given many items, and cuts them if they take
   * too much.
   */
  public void look(ControlContext context, Activation activation) {
    look(activation, context.writes == null ? budgetBytes : Math.max(1, budgetBytes / workers));
  }

  /** As the other, with what the activation may take. */
  public void look(Activation activation, long share) {
    TraceSize size = size(activation);
    if (size.bytes() > share - share / 4) {
      cut(activation, share);
      size = size(activation);
    }
    long fitting = Math.max(0, share - size.bytes()) / MOST_PER_ITEM;
    // Where cutting did not help, looking after each item would not either.
    long patience = 1 + size.count() / 4;
    activation.lookAgainAfter(
        Math.max(patience, Math.min(fitting, Math.max(LEAST_ITEMS, 4L * size.count()))));
  }

  /** Notes what the variables of a program that has ended take. */
  public void atTheEnd(Activation activation) {
    if (activation.isTraced()) {
      size(activation);
    }
  }

  /** Notes what the traces of an activation take. */
  private TraceSize size(Activation activation) {
    TraceSize size = new TraceSize();
    for (int slot = 0; slot < activation.layout.slotCount(); slot++) {
      size.add(activation.items[slot]);
    }
    for (LineageItem[] inputs : activation.held()) {
      for (LineageItem item : inputs) {
        size.add(item);
      }
    }
    bytes.set(size.bytes());
    peakBytes.accumulateAndGet(size.bytes(), Math::max);
    return size;
  }

  private void cut(Activation activation, long share) {
    activation.cuts++;
    tell();
    cutLargerThan(share / SMALL_SHARE, activation);
    if (size(activation).bytes() > share / 2) {
      cutLargerThan(0, activation);
    }
  }

  private void cutLargerThan(long least, Activation activation) {
    // Variables that share an item go on sharing it.
    Map<LineageItem, LineageItem> known = new IdentityHashMap<>();
    cutLargerThan(least, activation.items, activation.layout.slotCount(), known);
    for (LineageItem[] inputs : activation.held()) {
      cutLargerThan(least, inputs, inputs.length, known);
    }
  }

  private void cutLargerThan(
      long least, LineageItem[] items, int count, Map<LineageItem, LineageItem> known) {
    for (int i = 0; i < count; i++) {
      LineageItem item = items[i];
      if (item == null || TraceCut.isCut(item) || new TraceSize(least).add(item).bytes() <= least) {
        continue;
      }
      LineageItem cut = known.computeIfAbsent(item, TraceCut::of);
      if (cut != item) {
        items[i] = cut;
        cuts.incrementAndGet();
      }
    }
  }

  private void tell() {
    if (told.compareAndSet(false, true)) {
      err.printf(
          "reprise: note: the lineage of variables takes more than %s of heap; traces are"
              + " cut, and say so where they begin. Results and reuse stay the same; replaying"
              + " needs the whole trace: --memory lineage=... allows more%n",
          ByteText.of(budgetBytes));
    }
  }
}
