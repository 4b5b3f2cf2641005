package dev.reprise.engine.replay;

import dev.reprise.engine.value.ElementItems;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.LostValueException;
import dev.reprise.memory.LostValues;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Makes values anew that were lost with an accelerator: from their lineage, on the processor.
 *
 * <pre>
 *   result of an accelerator --note--> the matrix knows its item (softly)
 *   an operation meets the lost matrix: gives all it holds back --> restore --> runs again
 * </pre>
 *
 * <p><b>No deadlock.</b> Who restores has nothing pinned and no turn; he may hold a claim. He takes
 * from the cache only what is there, claims nothing and waits for no claim. Who meets a value that
 * another thread restores waits for that thread, unless he is restoring himself: so those who are
 * waited for wait for nobody. A value that was taken from the cache may be lost before it is used
 * and is restored in turn; that is nested no deeper than there are accelerators to lose.
 *
 * <p>Thread-safe.
 */
public final class Restoration implements LostValues {
  private final Sources sources;

  /** False when all values must be of one device class. */
  private final boolean allowed;

  private final Map<ManagedMatrix, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
  private final Set<Thread> restoring = ConcurrentHashMap.newKeySet();
  private final LongAdder restored = new LongAdder();

  /** What Java programs have bound to runs, by key; with a reference each. */
  private final Map<Key, MatrixValue> bound = new ConcurrentHashMap<>();

  public Restoration(Sources sources, boolean allowed) {
    this.sources = sources;
    this.allowed = allowed;
  }

  /**
   * Notes the item of a value that an accelerator may have computed. Called wherever a value is
   * finished, and before it is given to anybody: a claim's waiters and a handle's readers use it,
   * and may find it lost, before the thread that began the operation binds it, or without that.
   *
   * @param item null when none is traced
   */
  public static void note(Value value, LineageItem item) {
    if (item != null && value instanceof ManagedMatrix matrix) {
      matrix.noteOrigin(item);
    } else if (item != null && value instanceof RowsView view) {
      view.noteOrigin(item);
    } else if (item != null && value instanceof ListValue list && item.inputCount() > 0) {
      noteElements(list, item);
    }
  }

  private static void noteElements(ListValue list, LineageItem item) {
    LineageItem[] items = ElementItems.all(item, list.size());
    List<Value> elements = list.elements();
    for (int i = 0; i < items.length; i++) {
      note(elements.get(i), items[i]);
    }
  }

  /**
   * Keeps a value that a Java program has bound and holds, until {@link #letGo}: its item says no
   * more than that. A value that nobody else holds is not kept, since a script may write in it.
   */
  public void keep(MatrixValue value, LineageItem item) {
    if (item != null && value instanceof ManagedMatrix matrix && matrix.references() > 1) {
      value.retain();
      if (bound.putIfAbsent(item.key(), value) != null) {
        value.release();
      }
    }
  }

  /** Ends {@link #keep}; the caller's own reference may be gone. */
  public void letGo(MatrixValue value, LineageItem item) {
    if (item != null && value != null && bound.remove(item.key(), value)) {
      value.release();
    }
  }

  /** Values that were made anew so far. */
  public long restored() {
    return restored.sum();
  }

  @Override
  public void restore(LostValueException lost) {
    if (!restoring.add(Thread.currentThread())) {
      makeAnew(lost);
      return;
    }
    try {
      restoreOnce(lost);
    } finally {
      restoring.remove(Thread.currentThread());
    }
  }

  private void restoreOnce(LostValueException lost) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> first = underWay.putIfAbsent(lost.matrix(), mine);
    if (first != null) {
      // Whatever became of it: who finds the value lost still, tries for himself.
      first.join();
      return;
    }
    try {
      if (lost.matrix().isLost()) {
        makeAnew(lost);
      }
    } finally {
      underWay.remove(lost.matrix());
      mine.complete(null);
    }
  }

  private void makeAnew(LostValueException lost) {
    if (!allowed) {
      throw new LostValueException(lost, "must be of that device under --numerics exact");
    }
    if (!(lost.matrix().origin() instanceof LineageItem item)) {
      throw new LostValueException(
          lost, "cannot be computed again, since its lineage is not known (--reuse none)");
    }
    Value value;
    try {
      value = new Recomputation(sources, this::atHand).of(item);
    } catch (OperandException | ResourceException e) {
      throw new LostValueException(lost, "cannot be computed again: " + e.getMessage());
    }
    try {
      lost.matrix().takeCellsOf((MatrixValue) value);
      restored.increment();
      sources.resources().accelerators().restored(lost.matrix());
    } finally {
      value.release();
    }
  }

  private Value atHand(LineageItem item) {
    Value value =
        sources.resources().cache() == null ? null : sources.resources().cache().peek(item.key());
    if (value == null) {
      MatrixValue known = bound.get(item.key());
      value = known != null && known.tryRetain() ? known : null;
    }
    if (value instanceof ManagedMatrix matrix && matrix.isLost()) {
      value.release();
      return null;
    }
    return value;
  }
}
