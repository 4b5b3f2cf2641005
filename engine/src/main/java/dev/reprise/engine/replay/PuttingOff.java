package dev.reprise.engine.replay;

import dev.reprise.cache.rewrite.BoundMatrix;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.stored.KnownForm;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.value.CompleteInputs;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.fusion.FusableOperation;
import dev.reprise.runtime.cpu.shape.Selection;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.store.Artifact;
import java.util.Set;

/**
 * Puts operations off whose results perhaps nothing will need, since what is made of them is found
 * as well: those that read a matrix which an earlier run has computed and which is not there, and
 * those that an earlier run has executed without keeping what they made.
 *
 * <pre>
 *   A = X[, chosen]             X was found, and is left where it is; A was not kept: put off
 *   B = cbind(A, 1)             put off
 *   M = t(B) %*% B              asked for first, and found: neither X nor A nor B is ever needed
 * </pre>
 *
 * <p>Only where nothing is lost by it: the shape of the result is known, the operation cannot fail
 * once shapes fit, the result is not so small that its {@link
 * dev.reprise.engine.stored.EqualContents content} may stand for it, and what is held for it takes
 * not much more than the result would. Thread-safe.
 */
public final class PuttingOff {
  /** Besides what may be part of a fused loop. */
  private static final Set<String> OTHERS =
      Set.of("cbind", "rbind", "t", "rev", "rightIndex", "removeEmpty", "matmul", "tsmm");

  /** What takes less is executed unless it reads something that is not there. */
  private static final double LEAST_WORK = 2_000_000;

  /** What is held may take so many times the bytes of the result. */
  private static final int MOST_HELD = 4;

  private static final String FILTER = "removeEmpty";
  private static final int SELECTION = 2;
  private static final int EMPTY_RETURN = 3;

  private final Sources sources;

  public PuttingOff(Sources sources) {
    this.sources = sources;
  }

  /**
   * The value of an operation, to come; null when the operation is to be executed now.
   *
   * @param inputs complete, borrowed
   * @param item of the result; null when nothing is traced
   */
  public AbsentValue<?> of(LinkedOperation linked, Value[] inputs, LineageItem item) {
    StoredValues stored = sources.resources().stored();
    boolean readsAbsent = readsAbsent(inputs);
    if (item == null
        || item.inputCount() != inputs.length
        || !readsAbsent && !stored.counts().hasFound()) {
      return null;
    }
    double work = linked.work(inputs);
    if (!readsAbsent && work < Math.max(LEAST_WORK, stored.regions().worthRecallingNanos())
        || !sources.resources().mayDefer()
        || sources.resources().kernels().looksAtResults()
        || !cannotFail(linked.operation(), inputs)
        || !readsAbsent && !stored.lookup().isKnown(item)) {
      return null;
    }
    KnownForm form = formOf(linked.operation(), inputs);
    if (form == null
        || form.bytes() <= Artifact.LARGEST_INLINE_BYTES
        || heldBytes(inputs) > MOST_HELD * form.bytes()) {
      return null;
    }
    CompleteInputs complete = CompleteInputs.ofOperands(item, inputs);
    if (complete == null || complete.depth() >= KnownContent.MOST_DEPTH) {
      return null;
    }
    stored.counts().putOff();
    return form.absent(new PutOffOperation(sources, item, complete, work));
  }

  private static boolean readsAbsent(Value[] inputs) {
    for (Value input : inputs) {
      if (input instanceof AbsentMatrix absent && !absent.isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Once the shapes fit. */
  private static boolean cannotFail(Operation operation, Value[] inputs) {
    if (operation.precision() != Precision.FP64) {
      return false;
    }
    if (OTHERS.contains(operation.name())) {
      return true;
    }
    for (Value input : inputs) {
      if (input instanceof Scalar && !Scalar.isNumber(input)) {
        return false;
      }
    }
    return FusableOperation.of(operation.name()) != null;
  }

  /** Bytes of operands that are there, which would be kept as long as the result is to come. */
  private static long heldBytes(Value[] inputs) {
    long bytes = 0;
    for (Value input : inputs) {
      if (AbsentValue.isThere(input)) {
        bytes += input.bytes();
      }
    }
    return bytes;
  }

  private KnownForm formOf(Operation operation, Value[] inputs) {
    for (Value input : inputs) {
      // What it is made of may be absent in turn, at any depth.
      if (input instanceof BoundMatrix) {
        return null;
      }
    }
    return operation.name().equals(FILTER)
        ? formOfFiltered(inputs)
        : KnownForm.inferred(operation, inputs);
  }

  /** What a selection that is at hand leaves; null when only the cells tell. */
  private KnownForm formOfFiltered(Value[] inputs) {
    if (!(inputs[0] instanceof MatrixValue x)
        || !(inputs[1] instanceof Scalar margin)
        || !(inputs[SELECTION] instanceof MatrixValue select)
        || !(inputs[EMPTY_RETURN] instanceof Scalar)
        || x.precision() != Precision.FP64
        || !AbsentValue.isThere(select)) {
      return null;
    }
    boolean rows = margin.asString().equals("rows");
    Shape shape = x.shape();
    long length = rows ? shape.rows() : shape.cols();
    if (!rows && !margin.asString().equals("cols") || !Selection.fits(select.shape(), length)) {
      return null;
    }
    long kept = sources.resources().memory().run(() -> marked(select));
    if (kept <= 0) {
      return null;
    }
    return KnownForm.ofMatrix(
        rows ? new Shape(kept, shape.cols()) : new Shape(shape.rows(), kept), Precision.FP64);
  }

  /** How many cells differ from zero; negative for a matrix that is not dense. */
  private static long marked(MatrixValue select) {
    MatrixOperand pinned = select.pinHost();
    try {
      return pinned instanceof DenseMatrix dense && dense.precision() == Precision.FP64
          ? Selection.count(dense)
          : -1;
    } finally {
      select.unpin();
    }
  }
}
