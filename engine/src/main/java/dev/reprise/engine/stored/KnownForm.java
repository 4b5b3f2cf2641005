package dev.reprise.engine.stored;

import dev.reprise.formats.ContentHeader;
import dev.reprise.memory.AbsentFrame;
import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.AbsentValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.store.Artifact;

/**
 * What a value looks like that is not there: enough for all that is asked before its cells are.
 *
 * @param precision of a matrix; null for a frame
 * @param bytes about what it takes
 */
public record KnownForm(Shape shape, Precision precision, long bytes) {
  /** Beyond its characters, what a text takes on the heap more than in a content. */
  private static final long TEXT_BYTES = 40;

  /** Of a dense matrix. */
  public static KnownForm ofMatrix(Shape shape, Precision precision) {
    return new KnownForm(shape, precision, shape.cells() * precision.bytesPerCell());
  }

  /** The form of a dense matrix that follows from the operands; null when it does not. */
  public static KnownForm inferred(Operation operation, Value[] inputs) {
    Meta meta = operation.opcode().result().infer(operation, inputs);
    return operation.precision() != Precision.FP64
            || meta == null
            || meta.type() != ValueType.MATRIX
            || meta.shape() == null
        ? null
        : ofMatrix(meta.shape(), Precision.FP64);
  }

  /**
   * As the store knows it without the cells; null when it has to look at all of them.
   *
   * @param artifact not inline
   */
  public static KnownForm of(StoreLookup lookup, Artifact artifact) {
    byte[] bytes = lookup.headerOf(artifact);
    ContentHeader header = bytes == null ? null : ContentHeader.of(bytes);
    if (header == null) {
      return null;
    }
    return header.type() == ValueType.MATRIX
        ? ofMatrix(header.shape(), header.precision())
        : new KnownForm(
            header.shape(), null, artifact.bytes() + TEXT_BYTES * header.shape().cells());
  }

  /** A value of that form with one reference, whose cells are to come. */
  public AbsentValue<?> absent(AbsentValue.Source source) {
    return precision == null
        ? new AbsentFrame(shape, bytes, source)
        : new AbsentMatrix(shape, precision, source);
  }
}
