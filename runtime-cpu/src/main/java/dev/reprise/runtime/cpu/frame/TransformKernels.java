package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;

/** Feature transformations: frames of mixed columns to matrices and back. */
final class TransformKernels {
  private final Parallel parallel;

  TransformKernels(Parallel parallel) {
    this.parallel = parallel;
  }

  /** {@code [X, M] = transformencode(target=F, spec=...)}. */
  Operand[] encode(Operation operation, Operand[] in, ExecutionContext context) {
    Frame frame = FrameKernels.frameIn("transformencode", in[0]);
    TransformSpec spec = TransformSpec.parse(text("transformencode", in[1]), frame.names());
    Encoding encoding =
        Encoding.learn(
            frame,
            spec,
            (count, body) -> parallel.forEach(context, count, c -> body.accept((int) c)));
    Frame meta = encoding.meta();
    return new Operand[] {encoded(encoding, frame, context), meta};
  }

  /** {@code X = transformapply(target=F, meta=M, spec=..., embedding=E)}. */
  Operand[] apply(Operation operation, Operand[] in, ExecutionContext context) {
    Frame frame = FrameKernels.frameIn("transformapply", in[0]);
    Frame meta = FrameKernels.frameIn("transformapply", in[1]);
    MatrixOperand embedding = in[3] instanceof MatrixOperand matrix ? matrix : null;
    Encoding encoding = Encoding.fromMeta(meta, spec(in[2], frame, meta), embedding);
    encoding.checkColumns(frame);
    return new Operand[] {encoded(encoding, frame, context)};
  }

  /** A spec that names columns means those of the frame, whose names a meta frame may lack. */
  private static TransformSpec spec(Operand spec, Frame frame, Frame meta) {
    Frame named = frame.cols() == meta.cols() ? frame : meta;
    return TransformSpec.parse(text("transformapply", spec), named.names());
  }

  private static String text(String operation, Operand spec) {
    return FrameKernels.scalarIn(operation, "spec", spec).asString();
  }

  private MatrixOperand encoded(Encoding encoding, Frame frame, ExecutionContext context) {
    return new RowEncoder(encoding, frame, encoding.keptRows(frame)).encode(parallel, context);
  }

  /** {@code F = transformdecode(target=X, meta=M, spec=...)}. */
  Operand[] decode(Operation operation, Operand[] in, ExecutionContext context) {
    if (!(in[0] instanceof MatrixOperand matrix)) {
      throw new OperandException("'transformdecode' needs a matrix");
    }
    Frame meta = FrameKernels.frameIn("transformdecode", in[1]);
    TransformSpec spec = TransformSpec.parse(text("transformdecode", in[2]), meta.names());
    if (!spec.functions().isEmpty()) {
      throw new OperandException(
          "'transformdecode' cannot undo the function '"
              + spec.functions().getFirst().name()
              + "' of the transform spec; leave udf out for a matrix that it was not applied to");
    }
    return new Operand[] {Encoding.fromMeta(meta, spec, null).decode(matrix)};
  }

  /**
   * {@code transformcolmap(target=M, spec=...)}: column, first and last matrix column, a row each.
   */
  Operand[] columnMap(Operation operation, Operand[] in, ExecutionContext context) {
    Frame meta = FrameKernels.frameIn("transformcolmap", in[0]);
    TransformSpec spec = TransformSpec.parse(text("transformcolmap", in[1]), meta.names());
    double[][] map = Encoding.fromMeta(meta, spec, null).columnMap();
    return new Operand[] {matrix(map, context.allocator())};
  }

  /**
   * The functions of a spec and the columns of the matrix that each is to have: a line with name,
   * first and last column for each call, in their order. Names have escapes where a space or a line
   * end would cut them off.
   */
  Operand[] functions(Operation operation, Operand[] in, ExecutionContext context) {
    Frame frame = FrameKernels.frameIn(operation.name(), in[0]);
    Frame meta = FrameKernels.frameIn(operation.name(), in[1]);
    TransformSpec spec = spec(in[2], frame, meta);
    double[][] map =
        spec.functions().isEmpty() ? null : Encoding.fromMeta(meta, spec, null).columnMap();
    StringBuilder lines = new StringBuilder();
    for (TransformSpec.Function function : spec.functions()) {
      for (int column : function.columns()) {
        lines.append(escaped(function.name())).append(' ').append((long) map[column][1]);
        lines.append(' ').append((long) map[column][2]).append('\n');
      }
    }
    return new Operand[] {Scalar.of(lines.toString())};
  }

  /** What {@link String#translateEscapes} turns back. */
  private static String escaped(String name) {
    return name.replace("\\", "\\\\").replace(" ", "\\s").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static DenseMatrix matrix(double[][] rows, Allocator allocator) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows.length, 3);
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < 3; c++) {
        matrix.set(r, c, rows[r][c]);
      }
    }
    return matrix;
  }
}
