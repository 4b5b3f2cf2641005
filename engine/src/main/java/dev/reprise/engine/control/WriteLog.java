package dev.reprise.engine.control;

import dev.reprise.language.Position;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The left-index writes to result variables in one parfor iteration, in program order. Instead of
 * each worker changing a copy of the result, its writes are noted and applied in iteration order
 * when the loop is over: values and lineage are then those of the sequential loop. Owned by one
 * worker.
 */
public final class WriteLog {
  private final Activation activation;
  private final int[] results;
  private List<Write> writes = new ArrayList<>();

  /** A step whose effect on a result variable can be put off. */
  public interface DeferredWrite {

    /**
     * Has the effect on the activation's variable, or notes it once more for an outer parfor.
     *
     * @param operands borrowed; the target's place is not read
     * @param items their lineage items, or null when nothing is traced
     */
    void apply(
        ControlContext context, Activation activation, Value[] operands, LineageItem[] items);

    Position position();
  }

  /**
   * One write.
   *
   * @param operands source and bounds (the target's place is null), each retained
   * @param items their lineage items, or null when nothing is traced
   */
  public record Write(DeferredWrite step, Value[] operands, LineageItem[] items) {
    public void release() {
      for (Value operand : operands) {
        if (operand != null) {
          operand.release();
        }
      }
    }
  }

  public WriteLog(Activation activation, int[] results) {
    this.activation = activation;
    this.results = results;
  }

  /** True when a write to the slot of that activation belongs into this log. */
  public boolean covers(Activation written, int slot) {
    if (written != activation) {
      return false;
    }
    for (int result : results) {
      if (result == slot) {
        return true;
      }
    }
    return false;
  }

  public void add(Write write) {
    writes.add(write);
  }

  /** The writes since the last call; the caller owns their references. */
  public List<Write> take() {
    List<Write> taken = writes;
    writes = new ArrayList<>();
    return taken;
  }
}
