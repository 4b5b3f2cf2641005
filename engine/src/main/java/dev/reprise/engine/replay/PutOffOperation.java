package dev.reprise.engine.replay;

import dev.reprise.engine.stored.Offers;
import dev.reprise.engine.value.CompleteInputs;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;

/**
 * The cells of a matrix whose operation was put off, for when something needs them: the operation
 * is executed then, after what it reads has been made. Holds references to its operands. Used by
 * the thread that makes the cells, which has nothing pinned; it claims nothing and waits for no
 * operation, since all operands are complete.
 */
final class PutOffOperation implements AbsentValue.Source {
  private final Sources sources;
  private final LineageItem item;
  private final CompleteInputs inputs;
  private final long nanos;

  /** Others would never look for what takes less. */
  private final boolean isAskedFor;

  /**
   * @param inputs what it reads; it takes references of its own
   * @param work estimated nanoseconds of the operation by itself
   */
  PutOffOperation(Sources sources, LineageItem item, CompleteInputs inputs, double work) {
    this.sources = sources;
    this.item = item;
    this.inputs = inputs;
    this.nanos = (long) work + inputs.nanos();
    this.isAskedFor = sources.resources().stored().questions().isWorth(work);
    inputs.retain();
  }

  @Override
  public Value make() {
    inputs.make();
    sources.resources().stored().counts().putOffExecuted();
    long start = System.nanoTime();
    Value value;
    try {
      value = new Recomputation(sources, inputs::atHand).of(item);
    } catch (OperandException e) {
      throw new ResourceException("an operation that was put off failed: " + e.getMessage());
    }
    if (isAskedFor) {
      Offers offers = sources.resources().stored().offers();
      offers.offer(item, value, offers.cost(System.nanoTime() - start));
    }
    return value;
  }

  @Override
  public int depth() {
    return inputs.depth() + 1;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public void close() {
    inputs.release();
  }
}
